using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.PropertyTests;

/// <summary>One way in which a typed source may store a column: as the declared type, or as another one whose values convert to it.</summary>
/// <param name="Parquet">How DuckDB makes the stored value of its text, with <c>{0}</c> for the text.</param>
/// <param name="Postgres">The type of the column in PostgreSQL.</param>
/// <param name="Text">The text of a value that is not NULL, read by both.</param>
public sealed record StoredForm(string Parquet, string Postgres, Func<Value, string> Text)
{
    private const double NaturalShare = 0.55;
    private const long GreatestWholeDouble = 1L << 53;

    // Text with two decimals of a greater one would be rounded.
    private const double GreatestOfFifteenDigits = 1e12;

    /// <summary>A form that holds all the values of a column: mostly the declared type, else any other that fits.</summary>
    /// <param name="column">The column.</param>
    /// <param name="values">Its values; NULLs fit everything.</param>
    /// <param name="random">Decides; the same for the same column of the same case, whatever else the table holds.</param>
    public static StoredForm Choose(GeneratedColumn column, IEnumerable<Value> values, SeededRandom random)
    {
        var present = values.Where(value => !value.IsNull).ToImmutableArray();
        var type = DataType.Parse(column.Type);
        var natural = Natural(type);
        if (random.Chance(NaturalShare))
        {
            return natural;
        }

        // All choices are drawn before one is dropped, so that a smaller case keeps the form that it failed with.
        var seed = random.NextSeed();
        var others = Others(type, column.Zone, present, new SeededRandom(seed)).ToList();
        var order = random.Shuffled(Enumerable.Range(0, others.Count));
        return order.Select(i => others[i]).FirstOrDefault(other => other.Fits)?.Form ?? natural;
    }

    private sealed record Candidate(bool Fits, StoredForm Form);

    private static StoredForm Natural(DataType type) => type.Kind switch
    {
        TypeKind.Boolean => Cast("BOOLEAN", "boolean"),
        TypeKind.Int64 => Cast("BIGINT", "bigint"),
        TypeKind.Decimal => Cast($"DECIMAL({type.Precision},{type.Scale})", $"numeric({type.Precision},{type.Scale})"),
        TypeKind.Float64 => Cast("DOUBLE", "float8"),
        TypeKind.String => Cast("VARCHAR", "text"),
        TypeKind.Date => Cast("DATE", "date"),
        TypeKind.Timestamp => Cast("TIMESTAMPTZ", "timestamptz"),
        TypeKind.DateTime => Cast("TIMESTAMP", "timestamp"),
        _ => Bytes(value => ((Value.Binary)value).Hex),
    };

    private static IEnumerable<Candidate> Others(DataType type, string? zone, ImmutableArray<Value> values, SeededRandom random) => type.Kind switch
    {
        TypeKind.Boolean =>
        [
            new(true, Cast("VARCHAR", "text")),
            new(true, Cast("SMALLINT", "smallint", value => ((Value.Truth)value).Holds ? "1" : "0")),
        ],
        TypeKind.Int64 => OfInt64(values, random),
        TypeKind.Decimal => OfDecimal(type, values, random),
        TypeKind.Float64 => OfFloat(values),
        TypeKind.String => OfString(values),
        TypeKind.Date =>
        [
            new(true, Cast("VARCHAR", "text")),
            new(true, Cast("TIMESTAMP", "timestamp", value => LaterOnDay(value, random))),
            new(true, Cast("TIMESTAMPTZ", "timestamptz", value => LaterOnDay(value, random) + "Z")),
        ],
        TypeKind.Timestamp => OfTimestamp(values, random),
        TypeKind.DateTime => OfDateTime(zone, values, random),
        _ => [new(true, Cast("VARCHAR", "text"))],
    };

    private static IEnumerable<Candidate> OfInt64(ImmutableArray<Value> values, SeededRandom random)
    {
        bool Within(long low, long high) => values.All(value => ((Value.Integer)value).Number is var number && number >= low && number <= high);
        return
        [
            new(true, Cast("VARCHAR", "text", value => StoredSpelling.Of(value, random))),
            new(true, Cast("DECIMAL(20,0)", "numeric(20,0)")),
            new(true, Cast("DECIMAL(24,3)", "numeric")),
            new(Within(int.MinValue, int.MaxValue), Cast("INTEGER", "integer")),
            new(Within(short.MinValue, short.MaxValue), Cast("SMALLINT", "smallint")),
            new(Within(0, uint.MaxValue), Cast("UINTEGER", "numeric(10,0)")),
            new(Within(0, long.MaxValue), Cast("UBIGINT", "numeric(19,0)")),
            new(Within(-GreatestWholeDouble, GreatestWholeDouble), Cast("DOUBLE", "float8")),
            new(Within(-(1 << 24), 1 << 24), Cast("FLOAT", "float4")),
        ];
    }

    private static IEnumerable<Candidate> OfDecimal(DataType type, ImmutableArray<Value> values, SeededRandom random)
    {
        var normal = values.Select(value => ExactNumber.Normalise((Value.Decimal)value)).ToList();
        var scale = normal.Select(number => number.Scale).DefaultIfEmpty(0).Max();
        var (whole, finer) = (type.Precision - type.Scale, Math.Min(38, type.Precision + 2));
        bool FitsWhole(BigInteger bound) => normal.All(number => number.Scale == 0 && BigInteger.Abs(number.Unscaled) <= bound);
        return
        [
            new(true, Cast("VARCHAR", "text", value => StoredSpelling.Of(value, random))),
            new(true, Cast($"DECIMAL({finer},{finer - whole})", $"numeric({finer},{finer - whole})")),
            new(true, Cast($"DECIMAL({Math.Min(38, type.Precision + 3)},{type.Scale})", "numeric")),
            new(whole > 0 || scale > 0, Cast($"DECIMAL({Math.Max(1, whole + scale)},{scale})", $"numeric({Math.Max(1, whole + scale)},{scale})")),
            new(FitsWhole(long.MaxValue), Cast("BIGINT", "bigint", value => CanonicalText.Of(ExactNumber.Normalise((Value.Decimal)value)))),
            new(FitsWhole(short.MaxValue), Cast("SMALLINT", "smallint", value => CanonicalText.Of(ExactNumber.Normalise((Value.Decimal)value)))),
            new(normal.All(number => ExactNumber.DigitCount(number.Unscaled) <= 15 && number.Scale <= 15), Cast("DOUBLE", "float8")),
        ];
    }

    private static IEnumerable<Candidate> OfFloat(ImmutableArray<Value> values)
    {
        bool All(Func<double, bool> holds) => values.All(value => holds(((Value.Float)value).Number));
        static bool IsPlain(double number) => double.IsFinite(number) && !(number == 0 && double.IsNegative(number)) && Math.Abs(number) <= GreatestWholeDouble;
        return
        [
            new(true, Cast("VARCHAR", "text")),
            new(All(number => double.IsNaN(number) || number == (float)number), Cast("FLOAT", "float4")),
            new(All(number => IsPlain(number) && number == Math.Floor(number)), Cast("BIGINT", "bigint")),
            new(All(number => IsPlain(number) && Math.Abs(number) <= GreatestOfFifteenDigits && number * 4 == Math.Floor(number * 4)), Cast("DECIMAL(20,2)", "numeric(20,2)", value => ((Value.Float)value).Number.ToString("0.##", CultureInfo.InvariantCulture))),
        ];
    }

    private static IEnumerable<Candidate> OfString(ImmutableArray<Value> values)
    {
        var texts = values.Select(value => ((Value.Text)value).Characters).ToList();
        var storable = !texts.Exists(text => text.Contains('\0', StringComparison.Ordinal));
        return
        [
            new(storable, Cast("VARCHAR", "varchar(200)")),
            new(storable, Cast("VARCHAR", "text COLLATE \"C\"")),
            new(storable, Cast("VARCHAR", "text COLLATE \"und-x-icu\"")),
            new(storable, Cast("VARCHAR", "text COLLATE \"de-x-icu\"")),
            new(storable, Cast("VARCHAR", "text COLLATE any_case")),

            // PostgreSQL's padded text has no trailing spaces of its own.
            new(storable && texts.TrueForAll(text => !text.EndsWith(' ')), Cast("VARCHAR", "character(60)")),
            new(storable, Bytes(value => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(((Value.Text)value).Characters)))),
            new(texts.TrueForAll(text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text), Cast("BIGINT", "bigint")),
        ];
    }

    private static IEnumerable<Candidate> OfTimestamp(ImmutableArray<Value> values, SeededRandom random)
    {
        static long Micros(Value value) => ((Value.Timestamp)value).Micros;
        static string Naive(Value value) => CivilCalendar.DateTimeText(Micros(value));
        return
        [
            new(true, Cast("TIMESTAMP", "timestamp", Naive)),
            new(true, Cast("VARCHAR", "text", value => StoredSpelling.Of(value, random))),
            new(values.All(value => Micros(value) % 1000 == 0), Cast("TIMESTAMP_MS", "timestamptz(3)")),
            new(values.All(value => IsInRangeOfNanoseconds(Micros(value))), Cast("TIMESTAMP_NS", "timestamptz", value => Naive(value) + random.Between(0, 999).ToString("000", CultureInfo.InvariantCulture)) with { Postgres = "text" }),
            new(values.All(value => Micros(value) % CivilCalendar.MicrosPerDay == 0), Cast("DATE", "date", value => CivilCalendar.DateText(CivilCalendar.DayOf(Micros(value))))),
        ];
    }

    private static IEnumerable<Candidate> OfDateTime(string? zone, ImmutableArray<Value> values, SeededRandom random)
    {
        static long Micros(Value value) => ((Value.WallClock)value).Micros;
        var rules = ZoneRules.Of(zone ?? "UTC");

        // An instant read as a datetime is the wall clock in its zone; a wall clock in a gap is none.
        var readsBack = values.All(value => CivilCalendar.Date(CivilCalendar.DayOf(Micros(value))).Year is >= ZoneRules.FirstExactYear and < 9999 && rules.ToLocal(rules.ToInstant(Micros(value))) == Micros(value));
        string Instant(Value value) => CivilCalendar.DateTimeText(rules.ToInstant(Micros(value))) + "Z";
        return
        [
            new(true, Cast("VARCHAR", "text", value => StoredSpelling.Of(value, random))),
            new(readsBack, Cast("TIMESTAMPTZ", "timestamptz", Instant)),
            new(readsBack, Cast("VARCHAR", "text", value => CivilCalendar.DateTimeText(rules.ToInstant(Micros(value)) - (3 * CivilCalendar.MicrosPerHour)) + "-03:00")),
            new(values.All(value => Micros(value) % 1000 == 0), Cast("TIMESTAMP_MS", "timestamp(3)")),
            new(values.All(value => IsInRangeOfNanoseconds(Micros(value))), Cast("TIMESTAMP_NS", "text", value => CanonicalText.Of(value) + random.Between(0, 999).ToString("000", CultureInfo.InvariantCulture))),
            new(values.All(value => Micros(value) % CivilCalendar.MicrosPerDay == 0), Cast("DATE", "date", value => CivilCalendar.DateText(CivilCalendar.DayOf(Micros(value))))),
        ];
    }

    private static bool IsInRangeOfNanoseconds(long micros) => CivilCalendar.Date(CivilCalendar.DayOf(micros)).Year is > 1700 and < 2250;

    private static string LaterOnDay(Value value, SeededRandom random) =>
        CivilCalendar.DateTimeText((((Value.Date)value).Days * CivilCalendar.MicrosPerDay) + random.Pick([0, 0, 1, CivilCalendar.MicrosPerDay - 1, CivilCalendar.MicrosPerHour]));

    private static StoredForm Cast(string parquet, string postgres, Func<Value, string>? text = null) => new($"CAST({{0}} AS {parquet})", postgres, text ?? CanonicalText.Of);

    private static StoredForm Bytes(Func<Value, string> hex) => new("from_hex(substr({0}, 3))", "bytea", value => "\\x" + hex(value));
}
