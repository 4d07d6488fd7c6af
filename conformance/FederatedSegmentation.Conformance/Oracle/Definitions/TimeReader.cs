using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>Reads the time forms: windows, moments, anniversaries, parts. All become literals, because the instant of the run is known.</summary>
internal sealed class TimeReader(RunClock clock, LiteralReader literals, Parameters parameters, Findings findings)
{
    /// <summary>Whether a value of a definition is a moment like <c>{ago: 3, unit: day}</c> and not a literal.</summary>
    public static bool IsMoment(JsonNode? node) =>
        node is JsonObject value && (value.ContainsKey("now") || value.ContainsKey("today") || value.ContainsKey("ago") || value.ContainsKey("ahead"));

    /// <summary>{now: true}, {today: true}, {ago: N, unit: u}, {ahead: N, unit: u}.</summary>
    public Value Moment(JsonObject node, Subject subject)
    {
        var isDate = subject.Type.Kind == TypeKind.Date;
        if (node.ContainsKey("now"))
        {
            Json.AllowOnly(node, "now");
            return isDate ? new Value.Date(clock.Today) : literals.AtInstant(clock.Now, subject);
        }

        if (node.ContainsKey("today"))
        {
            Json.AllowOnly(node, "today");
            return isDate ? new Value.Date(clock.Today) : literals.AtInstant(clock.TodayStart, subject);
        }

        Json.AllowOnly(node, "ago", "ahead", "unit", "align");
        var back = node.ContainsKey("ago");
        var count = Json.Integer(back ? node["ago"] : node["ahead"], "The number of units");
        var shift = back ? -count : count;
        var unit = Unit(node, subject);
        var calendar = node["align"] is { } align && Json.Text(align, "align") == "calendar";
        if (!calendar)
        {
            return isDate ? new Value.Date(clock.DateFromToday(shift, unit)) : literals.AtInstant(clock.FromNow(shift, unit), subject);
        }

        return isDate ? new Value.Date(clock.DateFromCurrent(unit, shift)) : literals.AtInstant(clock.FromCurrent(unit, shift), subject);
    }

    public Condition Before(JsonNode? node, Subject subject) =>
        new ComparisonCondition(ComparisonKind.Less, new LiteralOperand(MomentOrLiteral(parameters.InPlaceOfTime(node, subject), subject)));

    /// <summary>A date on a timestamp or datetime means the whole local day: at or after the start of the next one.</summary>
    public Condition After(JsonNode? written, Subject subject)
    {
        var node = parameters.InPlaceOfTime(written, subject);
        if (subject.Type.Kind != TypeKind.Date && !IsMoment(node) && IsoText.Parse(Json.Text(node, "after")) is { IsDateOnly: true } date)
        {
            return new ComparisonCondition(ComparisonKind.GreaterOrEqual, new LiteralOperand(literals.LocalMidnight(date.Days + 1, subject)));
        }

        return new ComparisonCondition(ComparisonKind.Greater, new LiteralOperand(MomentOrLiteral(node, subject)));
    }

    public Condition Window(JsonNode? node, Subject subject, bool outside)
    {
        var form = Json.Object(node, "A window");
        Json.AllowOnly(form, "last", "next", "unit", "current", "align");
        var last = form.ContainsKey("last");
        var count = Json.Integer(last ? form["last"] : form["next"], "The number of units");
        var unit = Unit(form, subject);
        var current = form["current"] is not { } flag || Json.Boolean(flag, "current");
        var rolling = form["align"] is { } align && Json.Text(align, "align") == "rolling";
        if (subject.Type.Kind == TypeKind.Date)
        {
            if (rolling && !last && count == 0)
            {
                findings.MarkUnspecified("A rolling window of the next 0 units on a date column.");
            }

            var (fromDay, toDay) = (last, rolling, current) switch
            {
                (true, true, _) => (clock.DateFromToday(-count, unit), clock.Today + 1),
                (true, false, true) => (clock.DateFromCurrent(unit, -count), clock.Today + 1),
                (true, false, false) => (clock.DateFromCurrent(unit, -count), clock.DateFromCurrent(unit, 0)),
                (false, true, _) => (clock.Today, clock.DateFromToday(count, unit)),
                (false, false, true) => (clock.Today, clock.DateFromCurrent(unit, count + 1)),
                (false, false, false) => (clock.DateFromCurrent(unit, 1), clock.DateFromCurrent(unit, count + 1)),
            };
            return new WindowCondition(new Value.Date(fromDay), new Value.Date(toDay), outside);
        }

        var (from, to) = (last, rolling, current) switch
        {
            (true, true, _) => (clock.FromNow(-count, unit), clock.Now),
            (true, false, true) => (clock.FromCurrent(unit, -count), clock.Now),
            (true, false, false) => (clock.FromCurrent(unit, -count), clock.FromCurrent(unit, 0)),
            (false, true, _) => (clock.Now, clock.FromNow(count, unit)),
            (false, false, true) => (clock.Now, clock.FromCurrent(unit, count + 1)),
            (false, false, false) => (clock.FromCurrent(unit, 1), clock.FromCurrent(unit, count + 1)),
        };
        return new WindowCondition(literals.AtInstant(from, subject), literals.AtInstant(to, subject), outside);
    }

    public Condition Period(JsonNode? node, Subject subject)
    {
        var form = Json.Object(node, "A period");
        Json.AllowOnly(form, "unit", "offset");
        var unit = Unit(form, subject);
        var offset = form["offset"] is { } k ? Json.Integer(k, "offset") : 0;
        return subject.Type.Kind == TypeKind.Date
            ? new WindowCondition(new Value.Date(clock.DateFromCurrent(unit, offset)), new Value.Date(clock.DateFromCurrent(unit, offset + 1)), Outside: false)
            : new WindowCondition(
                literals.AtInstant(clock.FromCurrent(unit, offset), subject),
                literals.AtInstant(clock.FromCurrent(unit, offset + 1), subject),
                Outside: false);
    }

    public Condition Anniversary(JsonNode? node, Subject subject)
    {
        var form = Json.Object(node, "An anniversary");
        Json.AllowOnly(form, "offset_days", "feb29");
        var offset = form["offset_days"] is { } k ? Json.Integer(k, "offset_days") : 0;
        var firstOfMarch = form["feb29"] is { } choice && Json.Text(choice, "feb29") == "mar1";
        var (year, month, day) = CivilCalendar.Date(clock.Today + offset);
        var days = new List<(int, int)> { (month, day) };
        if (!CivilCalendar.IsLeap(year) && (month, day) == (firstOfMarch ? (3, 1) : (2, 28)))
        {
            days.Add((2, 29));
        }

        return new AnniversaryCondition(days, ClockOf(subject));
    }

    /// <summary>The comparison inside a part is read by <paramref name="readComparison"/> as one of an int64.</summary>
    public Condition Part(JsonNode? node, Subject subject, Func<string, JsonNode?, Condition> readComparison)
    {
        var form = Json.Object(node, "A part");
        var part = Json.Text(form["of"], "of") switch
        {
            "dow" => CalendarPart.DayOfWeek,
            "dom" => CalendarPart.DayOfMonth,
            "month" => CalendarPart.Month,
            "year" => CalendarPart.Year,
            "hour" => CalendarPart.Hour,
            var other => throw new InvalidDefinitionException($"'{other}' is not a part."),
        };
        var (op, operand) = Json.Entries(form).Single(pair => pair.Key != "of");
        return new PartCondition(part, readComparison(op, operand), ClockOf(subject));
    }

    /// <summary>The instant of the run on the scale of a time column; today for dates.</summary>
    public Value NowOf(Subject subject) => subject.Type.Kind == TypeKind.Date ? new Value.Date(clock.Today) : literals.AtInstant(clock.Now, subject);

    /// <summary>The windows [now − (k+1) per, now − k per), the latest first; on dates now is the start of tomorrow.</summary>
    public IReadOnlyList<(Value From, Value To)> WindowsBack(Duration per, int count, Subject subject)
    {
        Value Bound(int k) => subject.Type.Kind == TypeKind.Date
            ? new Value.Date(RunClock.ShiftDays(clock.Today + 1, -k * per.Count, per.Unit))
            : literals.AtInstant(clock.FromNow(-k * per.Count, per.Unit), subject);
        return Enumerable.Range(0, count).Select(k => (Bound(k + 1), Bound(k))).ToList();
    }

    /// <summary>{n: N, unit: u} for a time column.</summary>
    public static Duration ReadDuration(JsonNode? node, Subject subject)
    {
        var form = Json.Object(node, "A duration");
        Json.AllowOnly(form, "n", "unit");
        return new Duration(Json.AtLeast(1, form["n"], "n"), Unit(form, subject));
    }

    private Value MomentOrLiteral(JsonNode? node, Subject subject) => IsMoment(node) ? Moment(node!.AsObject(), subject) : literals.Read(node, subject);

    private LocalClock ClockOf(Subject subject) => new(clock.Zone, subject.Zone is { } zone ? ZoneRules.Of(zone) : null);

    private static TimeUnit Unit(JsonObject node, Subject subject)
    {
        var unit = Json.Text(node["unit"], "unit") switch
        {
            "minute" => TimeUnit.Minute,
            "hour" => TimeUnit.Hour,
            "day" => TimeUnit.Day,
            "week" => TimeUnit.Week,
            "month" => TimeUnit.Month,
            "quarter" => TimeUnit.Quarter,
            "year" => TimeUnit.Year,
            var other => throw new InvalidDefinitionException($"'{other}' is not a unit."),
        };
        return subject.Type.Kind == TypeKind.Date && RunClock.IsSubDay(unit)
            ? throw new InvalidDefinitionException("A date column has no units below a day.")
            : unit;
    }
}
