using System.Globalization;
using System.Numerics;

namespace FederatedSegmentation.Conformance.Oracle.Values;

/// <summary>One value of one row, or the result of an aggregate. Immutable; compare with <see cref="ValueOrder"/>, not with <c>==</c>.</summary>
public abstract record Value
{
    private Value()
    {
    }

    public static Value Null { get; } = new NullValue();

    public bool IsNull => this is NullValue;

    /// <summary>NULL, or a NaN: what aggregates, order and grouping treat as NULL.</summary>
    public bool IsNullOrNaN => this is NullValue || this is Float { Number: double.NaN };

    public sealed record NullValue : Value;

    public sealed record Truth(bool Holds) : Value;

    public sealed record Integer(long Number) : Value;

    /// <summary>The number <c>Unscaled / 10^Scale</c>.</summary>
    public sealed record Decimal(BigInteger Unscaled, int Scale) : Value
    {
        public override string ToString() => CanonicalText.OfDecimal(Unscaled, Scale);
    }

    /// <summary>An average kept whole: <c>Unscaled / 10^Scale / Count</c>. Only aggregates make it.</summary>
    public sealed record Average(BigInteger Unscaled, int Scale, long Count) : Value;

    public sealed record Float(double Number) : Value;

    public sealed record Text(string Characters) : Value;

    /// <summary>Days since 1970-01-01.</summary>
    public sealed record Date(long Days) : Value;

    /// <summary>An instant: microseconds since 1970-01-01T00:00:00Z.</summary>
    public sealed record Timestamp(long Micros) : Value;

    /// <summary>A wall clock: microseconds since 1970-01-01T00:00:00 on that clock.</summary>
    public sealed record WallClock(long Micros) : Value;

    /// <summary>Bytes as lower-case hex, so that equality and order of the text are those of the bytes.</summary>
    public sealed record Binary(string Hex) : Value;

    public static Value Of(bool value) => new Truth(value);

    public static Value Of(long value) => new Integer(value);

    public static Value Of(double value) => new Float(value);

    public static Value Of(string value) => new Text(value);

    /// <summary>The decimal that <paramref name="text"/> spells, with as many decimals as it has there.</summary>
    public static Value DecimalOf(string text) => ExactNumber.Parse(text);

    internal static string Digits(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);
}
