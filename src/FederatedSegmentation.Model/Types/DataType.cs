using System.Globalization;

namespace FederatedSegmentation.Model.Types;

/// <summary>The types of the segment language. A closed hierarchy with value equality.</summary>
public abstract record DataType
{
    private protected DataType()
    {
    }

    /// <summary>The name as a model spells it, for instance <c>decimal(12,2)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether values are numbers: int64, decimal or float64.</summary>
    public bool IsNumeric => this is Int64Type or DecimalType or Float64Type;

    /// <summary>Whether values have a place in time: date, timestamp or datetime.</summary>
    public bool IsTemporal => this is DateType or TimestampType or DateTimeType;

    /// <inheritdoc />
    public sealed override string ToString() => Name;
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record BooleanType : DataType
{
    /// <inheritdoc />
    public override string Name => "boolean";
}

/// <summary>A signed 64-bit integer.</summary>
public sealed record Int64Type : DataType
{
    /// <inheritdoc />
    public override string Name => "int64";
}

/// <summary>An exact number with at most 38 digits.</summary>
/// <param name="Precision">Digits in all, 1 to 38.</param>
/// <param name="Scale">Digits behind the point, 0 to <paramref name="Precision"/>.</param>
public sealed record DecimalType(int Precision, int Scale) : DataType
{
    /// <inheritdoc />
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"decimal({Precision},{Scale})");
}

/// <summary>An IEEE 754 double.</summary>
public sealed record Float64Type : DataType
{
    /// <inheritdoc />
    public override string Name => "float64";
}

/// <summary>UTF-8 text, compared by bytes.</summary>
public sealed record StringType : DataType
{
    /// <inheritdoc />
    public override string Name => "string";
}

/// <summary>A calendar day.</summary>
public sealed record DateType : DataType
{
    /// <inheritdoc />
    public override string Name => "date";
}

/// <summary>An instant in microseconds, UTC.</summary>
public sealed record TimestampType : DataType
{
    /// <inheritdoc />
    public override string Name => "timestamp";
}

/// <summary>A wall clock in microseconds.</summary>
/// <param name="Zone">The IANA name of the place where the clock hangs, or null where the model does not say.</param>
public sealed record DateTimeType(string? Zone) : DataType
{
    /// <inheritdoc />
    public override string Name => "datetime";
}

/// <summary>Bytes.</summary>
public sealed record BinaryType : DataType
{
    /// <inheritdoc />
    public override string Name => "binary";
}

/// <summary>The types without parameters, once each.</summary>
public static class DataTypes
{
    /// <summary>boolean.</summary>
    public static readonly BooleanType Boolean = new();

    /// <summary>int64.</summary>
    public static readonly Int64Type Int64 = new();

    /// <summary>float64.</summary>
    public static readonly Float64Type Float64 = new();

    /// <summary>string.</summary>
    public static readonly StringType String = new();

    /// <summary>date.</summary>
    public static readonly DateType Date = new();

    /// <summary>timestamp.</summary>
    public static readonly TimestampType Timestamp = new();

    /// <summary>binary.</summary>
    public static readonly BinaryType Binary = new();
}
