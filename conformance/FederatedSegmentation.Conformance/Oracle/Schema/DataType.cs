using System.Globalization;

namespace FederatedSegmentation.Conformance.Oracle.Schema;

public enum TypeKind
{
    Boolean,
    Int64,
    Decimal,
    Float64,
    String,
    Date,
    Timestamp,
    DateTime,
    Binary,
}

/// <summary>A declared type; precision and scale are those of decimals and 0 elsewhere.</summary>
public sealed record DataType(TypeKind Kind, int Precision = 0, int Scale = 0)
{
    public bool IsNumeric => Kind is TypeKind.Int64 or TypeKind.Decimal or TypeKind.Float64;

    public bool IsTemporal => Kind is TypeKind.Date or TypeKind.Timestamp or TypeKind.DateTime;

    public static DataType Parse(string text)
    {
        if (text.StartsWith("decimal(", StringComparison.Ordinal) && text.EndsWith(')'))
        {
            var parts = text["decimal(".Length..^1].Split(',');
            return new DataType(
                TypeKind.Decimal,
                int.Parse(parts[0].Trim(), CultureInfo.InvariantCulture),
                int.Parse(parts[1].Trim(), CultureInfo.InvariantCulture));
        }

        return new DataType(text switch
        {
            "boolean" => TypeKind.Boolean,
            "int64" => TypeKind.Int64,
            "float64" => TypeKind.Float64,
            "string" => TypeKind.String,
            "date" => TypeKind.Date,
            "timestamp" => TypeKind.Timestamp,
            "datetime" => TypeKind.DateTime,
            "binary" => TypeKind.Binary,
            _ => throw new InvalidDefinitionException($"'{text}' is not a type."),
        });
    }

    public override string ToString() => Kind == TypeKind.Decimal ? $"decimal({Precision},{Scale})" : Kind switch
    {
        TypeKind.Boolean => "boolean",
        TypeKind.Int64 => "int64",
        TypeKind.Float64 => "float64",
        TypeKind.String => "string",
        TypeKind.Date => "date",
        TypeKind.Timestamp => "timestamp",
        TypeKind.DateTime => "datetime",
        _ => "binary",
    };
}
