using System.Collections.Immutable;
using System.Numerics;

namespace FederatedSegmentation.Model.Types;

/// <summary>A typed, non-NULL constant. A closed hierarchy with value equality.</summary>
public abstract record Literal
{
    private protected Literal()
    {
    }
}

/// <summary>A boolean.</summary>
public sealed record BooleanLiteral(bool Value) : Literal;

/// <summary>An int64.</summary>
public sealed record Int64Literal(long Value) : Literal;

/// <summary>An exact number: <paramref name="Unscaled"/> / 10^<paramref name="Scale"/>. Trailing zeros are kept: 1.50 is (150, 2).</summary>
/// <param name="Unscaled">All digits as an integer.</param>
/// <param name="Scale">Digits behind the point, 0 or more; may exceed the scale of the column it is compared with.</param>
public sealed record DecimalLiteral(BigInteger Unscaled, int Scale) : Literal;

/// <summary>A float64; never NaN or infinite.</summary>
public sealed record Float64Literal(double Value) : Literal;

/// <summary>Text.</summary>
public sealed record StringLiteral(string Value) : Literal;

/// <summary>A day.</summary>
public sealed record DateLiteral(DateOnly Value) : Literal;

/// <summary>An instant.</summary>
/// <param name="Microseconds">Since 1970-01-01T00:00:00Z.</param>
public sealed record TimestampLiteral(long Microseconds) : Literal;

/// <summary>A wall clock.</summary>
/// <param name="Microseconds">Since 1970-01-01T00:00:00 of the same clock.</param>
public sealed record DateTimeLiteral(long Microseconds) : Literal;

/// <summary>Bytes.</summary>
public sealed record BinaryLiteral(ImmutableArray<byte> Value) : Literal
{
    /// <inheritdoc />
    public bool Equals(BinaryLiteral? other) => other is not null && Value.AsSpan().SequenceEqual(other.Value.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Value.AsSpan());
        return hash.ToHashCode();
    }
}
