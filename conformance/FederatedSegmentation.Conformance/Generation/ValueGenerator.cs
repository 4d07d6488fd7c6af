using System.Numerics;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Generates single values: mostly ordinary ones that repeat, and the ones that break naive code.</summary>
internal sealed class ValueGenerator
{
    private static readonly string[] Texts =
        ["a", "A", "b", "B", "ab", "Ab", "AB", "aB", "abc", "a ", " a", "a  ", "é", "e\u0301", "É", "ß", "ss", "SS", "😀", "😀😀", "a😀b", "\uFF5E", "\uE000", "\uFB01", "fi",
         "Ω", "\u2126", "ı", "I", "i", "İ", "100%", "50_5", "%", "_", "a%b", "a_b", "o'neil", "say \"hi\"", "back\\slash", "\\", "line\nbreak", "cr\r\nlf", "tab\tx", "", "unknown", "null", "NULL",
         "0", "007", "7", "07", "true", "zz", "a,b", "a;b", "a|b", "*", "[a]", "(", "$", "^", "ab😀", "日本", "z", "Z", "m", "M"];

    private static readonly string[] PlainTexts = ["a", "b", "ab", "A", "north", "south", "gold", "silver", "de", "DE", "us", "new", "old"];

    private static readonly long FirstDay = CivilCalendar.Days(1, 1, 1);
    private static readonly long LastDay = CivilCalendar.Days(9999, 12, 31);

    private readonly SeededRandom _random;
    private readonly GeneratorOptions _options;
    private readonly long _asOf;
    private readonly List<long> _instants = [];
    private readonly List<long> _wallClocks = [];

    public ValueGenerator(SeededRandom random, GeneratorOptions options, long asOf)
    {
        (_random, _options, _asOf) = (random, options, asOf);
        CollectBoundaries();
    }

    /// <summary>An instant for a run: any time of a few years, often on a day when a clock changes.</summary>
    public static long PickAsOf(SeededRandom random)
    {
        var year = random.Between(2018, 2030);
        if (random.Chance(0.3))
        {
            var changes = Changes(ZoneRules.Of(random.Pick(["Europe/Berlin", "America/New_York"])), year);
            return random.Pick(changes) + random.Pick([0L, -1L, 1L, random.Between(-86_400_000_000L, 86_400_000_000L), random.Between(0L, 3_599_999_999L)]);
        }

        var day = CivilCalendar.Days(year, random.Between(1, 12), random.Between(1, 28));
        if (random.Chance(0.15))
        {
            day = random.Pick([CivilCalendar.Days(2024, 2, 29), CivilCalendar.Days(2023, 2, 28), CivilCalendar.Days(2023, 3, 1), CivilCalendar.Days(2024, 3, 31), CivilCalendar.Days(2022, 12, 31)]);
        }

        return (day * CivilCalendar.MicrosPerDay) + random.Pick([0L, random.Between(0L, CivilCalendar.MicrosPerDay - 1), 12 * CivilCalendar.MicrosPerHour]);
    }

    public Value Fresh(Column column) => Fresh(column.Type, column.Zone);

    public Value Fresh(DataType type, string? zone)
    {
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                return Value.Of(_random.Chance(0.5));
            case TypeKind.Int64:
                return Value.Of(_options.ExtremeNumbers && _random.Chance(0.03)
                    ? _random.Pick([long.MinValue, long.MaxValue, long.MaxValue - 1, 9_007_199_254_740_993])
                    : _random.Chance(0.15) ? _random.Between(-2_000_000L, 2_000_000L) : _random.Between(-3, 25));
            case TypeKind.Decimal:
                return FreshDecimal(type);
            case TypeKind.Float64:
                return Value.Of(FreshFloat());
            case TypeKind.String:
                return Value.Of(FreshText());
            case TypeKind.Date:
                return new Value.Date(Math.Clamp(FreshDay(), FirstDay, LastDay));
            case TypeKind.Timestamp:
                return new Value.Timestamp(InCalendar(FreshInstant()));
            case TypeKind.DateTime:
                return new Value.WallClock(InCalendar(FreshWallClock(zone)));
            default:
                var bytes = Enumerable.Range(0, _random.Below(4)).Select(_ => _random.Pick(["00", "01", "7f", "ff", "27", "5c", "c3"]));
                return new Value.Binary(string.Concat(bytes));
        }
    }

    /// <summary>
    /// Times of events of one kind: near each other, at the distances that definitions speak of, on the bounds of windows back from now, and some twice.
    /// </summary>
    public IReadOnlyList<Value> EventTimes(Column column)
    {
        var hours = new[] { 0L, 1, 2, 23, 24, 25, 48, 72, 168, 24 * 28, 24 * 30, 24 * 31 };
        var first = _asOf - (_random.Between(0L, 24 * 60) * CivilCalendar.MicrosPerHour);
        var utc = new RunClock(_asOf, ZoneRules.Of("UTC"), weekStartsOnSunday: false);
        var times = new List<long>();
        for (var i = _random.Between(6, 14); i > 0; i--)
        {
            times.Add(_random.Below(3) switch
            {
                0 => first + (_random.Pick(hours) * CivilCalendar.MicrosPerHour),
                1 => utc.FromNow(-_random.Between(0, 6), _random.Pick([TimeUnit.Hour, TimeUnit.Day, TimeUnit.Week, TimeUnit.Month])),
                _ => times.Count > 0 ? _random.Pick(times) + _random.Pick([1L, -1L, CivilCalendar.MicrosPerMinute, CivilCalendar.MicrosPerHour, CivilCalendar.MicrosPerDay]) : first,
            });
        }

        return times.Select(time => (Value)(column.Type.Kind switch
        {
            TypeKind.Date => new Value.Date(CivilCalendar.DayOf(time)),
            TypeKind.Timestamp => new Value.Timestamp(time),
            _ => new Value.WallClock(ZoneRules.Of(column.Zone ?? "UTC").ToLocal(time)),
        })).ToList();
    }

    private static long InCalendar(long micros) => Math.Clamp(micros, FirstDay * CivilCalendar.MicrosPerDay, ((LastDay + 1) * CivilCalendar.MicrosPerDay) - 1);

    private string FreshText()
    {
        if (_options.NulCharacters && _random.Chance(0.03))
        {
            return _random.Pick(["\0", "a\0", "a\0b"]);
        }

        var text = _random.Chance(0.4) ? _random.Pick(PlainTexts) : _random.Pick(Texts);
        return _random.Chance(0.1) ? text + _random.Pick(Texts) : text;
    }

    private Value.Decimal FreshDecimal(DataType type)
    {
        var bound = BigInteger.Pow(10, type.Precision) - 1;
        BigInteger unscaled;
        if (_options.ExtremeNumbers && _random.Chance(0.02))
        {
            unscaled = _random.Pick([bound, -bound, BigInteger.One, BigInteger.MinusOne]);
        }
        else
        {
            // Whole numbers, halves and last digits, so that equal values and near ones both appear.
            var whole = _random.Between(-3, 40) * BigInteger.Pow(10, type.Scale);
            unscaled = whole + _random.Pick([0, 0, BigInteger.Pow(10, type.Scale) / 2, _random.Between(-2, 2)]);
        }

        return new Value.Decimal(BigInteger.Max(-bound, BigInteger.Min(bound, unscaled)), type.Scale);
    }

    private double FreshFloat()
    {
        if (_options.NaN && _random.Chance(0.04))
        {
            return double.NaN;
        }

        if (_options.Infinity && _random.Chance(0.02))
        {
            return _random.Pick([double.PositiveInfinity, double.NegativeInfinity]);
        }

        return _random.Chance(0.12)
            ? _random.Pick([-0.0, 0.0, 0.1, 1e300, -1e300, 1e-300, 123_456_789.125, 5e-324, 9_007_199_254_740_992])
            : _random.Between(-20, 100) / 4.0;
    }

    private long FreshDay()
    {
        if (_options.ExtremeTimes && _random.Chance(0.02))
        {
            return _random.Pick([CivilCalendar.Days(1, 1, 1), CivilCalendar.Days(9999, 12, 31)]);
        }

        return CivilCalendar.DayOf(FreshInstant()) + (_random.Chance(0.2) ? _random.Between(-1, 1) : 0);
    }

    private long FreshInstant()
    {
        if (_options.ExtremeTimes && _random.Chance(0.02))
        {
            return _random.Pick([CivilCalendar.Days(1, 1, 1), CivilCalendar.Days(9999, 12, 31)]) * CivilCalendar.MicrosPerDay;
        }

        var near = _random.Weighted((0.45, 30L), (0.3, 400L), (0.1, 3_000L), (0.15, 0L));
        return near == 0
            ? _random.Pick(_instants) + _random.Pick([0L, 0L, -1L, 1L, CivilCalendar.MicrosPerHour / 2, -CivilCalendar.MicrosPerHour])
            : _asOf + (_random.Between(-near * 24, near * 12) * CivilCalendar.MicrosPerHour) + (_random.Chance(0.5) ? 0 : _random.Between(0L, 3_599_999_999L));
    }

    private long FreshWallClock(string? zone)
    {
        if (_random.Chance(0.15))
        {
            return _random.Pick(_wallClocks) + _random.Pick([0L, 0L, -1L, 1L, CivilCalendar.MicrosPerHour / 2]);
        }

        return ZoneRules.Of(zone ?? "UTC").ToLocal(FreshInstant());
    }

    private void CollectBoundaries()
    {
        _instants.Add(_asOf);
        var year = (int)CivilCalendar.Date(CivilCalendar.DayOf(_asOf)).Year;
        foreach (var name in new[] { "UTC", "Europe/Berlin", "America/New_York" })
        {
            var zone = ZoneRules.Of(name);
            var clock = new RunClock(_asOf, zone, weekStartsOnSunday: _random.Chance(0.5));
            foreach (var unit in new[] { TimeUnit.Day, TimeUnit.Week, TimeUnit.Month, TimeUnit.Quarter, TimeUnit.Year })
            {
                _instants.AddRange([clock.FromCurrent(unit, 0), clock.FromCurrent(unit, -1), clock.FromCurrent(unit, 1), clock.FromNow(-1, unit), clock.FromNow(1, unit)]);
            }

            foreach (var change in Changes(zone, year).Concat(Changes(zone, year - 1)))
            {
                _instants.Add(change);

                // The wall clock before and after the change: one in the gap or twice on the clock, and its edges.
                _wallClocks.AddRange([zone.ToLocal(change), change + zone.Offset(change - 1), change + zone.Offset(change - 1) + (CivilCalendar.MicrosPerHour / 2)]);
            }
        }

        foreach (var (y, month, day) in new[] { (2024, 2, 29), (2020, 2, 29), (2023, 2, 28), (2023, 3, 1), (2021, 12, 31), (1970, 1, 1), (1969, 12, 31) })
        {
            _instants.Add(CivilCalendar.Days(y, month, day) * CivilCalendar.MicrosPerDay);
        }

        _wallClocks.AddRange(_instants);
    }

    /// <summary>The instants of a year at which the zone changes its offset.</summary>
    private static List<long> Changes(ZoneRules zone, int year)
    {
        var changes = new List<long>();
        var end = CivilCalendar.Days(year + 1, 1, 1) * CivilCalendar.MicrosPerDay;
        for (var hour = CivilCalendar.Days(year, 1, 1) * CivilCalendar.MicrosPerDay; hour < end; hour += CivilCalendar.MicrosPerHour)
        {
            if (zone.Offset(hour) != zone.Offset(hour - CivilCalendar.MicrosPerHour))
            {
                changes.Add(hour);
            }
        }

        return changes;
    }
}
