using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads <c>params: {min_score: {type: decimal(5,2), default: 0.7}}</c>, and the values that a run gives. What is wrong with one is SDL012.</summary>
internal static class ParameterReader
{
    /// <summary>The parameters of a segment.</summary>
    /// <param name="root">The segment.</param>
    /// <param name="given">The values of the run by name; null where nothing runs, so that a missing value is no defect.</param>
    /// <param name="calendar">Gives times without an offset their meaning.</param>
    /// <param name="problems">Where defects go.</param>
    public static SegmentParameters Read(MappingNode root, ImmutableDictionary<string, string>? given, RunCalendar calendar, DefinitionProblems problems)
    {
        if (root.Find("params") is not { } node || NodeShapes.Mapping(node, problems, "'params'") is not { } declarations)
        {
            return SegmentParameters.None;
        }

        return new SegmentParameters(declarations.Entries.ToFrozenDictionary(
            entry => entry.Key, entry => ReadOne(entry, given, calendar, problems), StringComparer.Ordinal));
    }

    private static SegmentParameter? ReadOne(MappingEntry entry, ImmutableDictionary<string, string>? given, RunCalendar calendar, DefinitionProblems problems)
    {
        var (name, _, node) = entry;
        if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal))
        {
            Bad(node, problems, $"'{name}' cannot be the name of a parameter.", "Use letters, digits and underscores.");
            return null;
        }

        if (NodeShapes.Mapping(node, problems, $"the parameter '{name}'") is not { } declaration)
        {
            return null;
        }

        NodeShapes.CheckKeys(declaration, problems, "the declaration of a parameter", ["type", "default"]);
        if (ReadType(declaration, name, problems) is not { } type)
        {
            return null;
        }

        var defaultNode = declaration.Find("default");
        var fallback = defaultNode is null ? null : ReadDefault(defaultNode, name, type, calendar, problems);
        if (given is null)
        {
            return defaultNode is null ? StandIn(name, type, calendar) : fallback;
        }

        if (!given.TryGetValue(name, out var text))
        {
            if (defaultNode is null)
            {
                Bad(node, problems, $"The parameter '{name}' has no default, and this run gives it no value.", $"Give it one (--param {name}=…), or declare a default.");
            }

            return fallback;
        }

        if (OfText(text, type, calendar) is { } value)
        {
            return new SegmentParameter(name, type, value, text);
        }

        Bad(node, problems, $"The value given for '{name}' does not fit the type {type}.", GivenExpectation(type));
        return null;
    }

    private static DataType? ReadType(MappingNode declaration, string name, DefinitionProblems problems)
    {
        if (NodeShapes.Required(declaration, "type", problems, $"the parameter '{name}'", "SDL012") is not { } node || NodeShapes.Text(node, problems, $"the type of the parameter '{name}'") is not { } text)
        {
            return null;
        }

        var type = ColumnTypeReader.Find(text, zone: null);
        if (type is null)
        {
            Bad(node, problems, $"'{text}' is not a type.", ColumnTypeReader.Advice(text, problems));
        }

        return type;
    }

    private static SegmentParameter? ReadDefault(DocumentNode node, string name, DataType type, RunCalendar calendar, DefinitionProblems problems)
    {
        var scalar = node as ScalarNode;
        if (scalar is not null && LiteralReader.Of(scalar, type, calendar) is { } literal && HasRoom(literal, scalar.Text, type))
        {
            return new SegmentParameter(name, type, literal, scalar.Text);
        }

        Bad(node, problems, $"The default of '{name}' does not fit the type {type}.", scalar is null or { Kind: ScalarKind.Null } ? $"Write one {type}." : Expectation(type, scalar.Kind));
        return null;
    }

    /// <summary>A value given as text: numbers and truth values as they are stored as text, times as literals.</summary>
    private static Literal? OfText(string text, DataType type, RunCalendar calendar)
    {
        Literal? literal = type switch
        {
            BooleanType => text is "true" or "false" ? new BooleanLiteral(text == "true") : null,
            Int64Type => NumberText.OfString(text) is { Scale: 0 } number && NumberText.ToInt64(number) is { } value ? new Int64Literal(value) : null,
            DecimalType => NumberText.OfString(text),
            Float64Type => ReadFloat64(text),
            _ => LiteralReader.OfText(text, type, calendar),
        };
        return literal is not null && HasRoom(literal, text, type) ? literal : null;
    }

    private static Float64Literal? ReadFloat64(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? new Float64Literal(value)
            : null;

    /// <summary>Whether the value keeps within the digits of a decimal; a day alone is no instant, since it could mean its start or the whole day.</summary>
    private static bool HasRoom(Literal literal, string text, DataType type) => (literal, type) switch
    {
        (DecimalLiteral number, DecimalType exact) => NumberText.Fits(number, exact),
        (_, TimestampType or DateTimeType) => !IsoTime.TryReadDate(text, out _),
        _ => true,
    };

    /// <summary>Some value of the type, so that what speaks of the parameter can be checked where nothing runs.</summary>
    private static SegmentParameter StandIn(string name, DataType type, RunCalendar calendar)
    {
        var text = type switch
        {
            BooleanType => "false",
            StringType or BinaryType => string.Empty,
            DateType => "2000-01-01",
            TimestampType or DateTimeType => "2000-01-01T00:00:00",
            _ => "0",
        };
        return new SegmentParameter(name, type, OfText(text, type, calendar)!, text);
    }

    private static string Expectation(DataType type, ScalarKind found) => type switch
    {
        DecimalType => $"Write a number that fits {type}: digits, with a point where needed.",
        TimestampType or DateTimeType => "Write ISO 8601 with a time of day in quotes: \"2026-01-31T12:00:00Z\" (at most six digits of a second).",
        _ => LiteralReader.Expectation(type, found),
    };

    private static string GivenExpectation(DataType type) => type switch
    {
        BooleanType => "Give true or false.",
        Int64Type => "Give an integer of at most 64 bits, without a fraction.",
        DecimalType => $"Give a number that fits {type}: digits, with a point where needed.",
        Float64Type => "Give a finite number.",
        DateType => "Give a date: 2026-01-31.",
        TimestampType or DateTimeType => "Give ISO 8601 with a time of day: 2026-01-31T12:00:00Z (at most six digits of a second).",
        _ => "Give hexadecimal digits.",
    };

    private static void Bad(DocumentNode node, DefinitionProblems problems, string message, string hint) => problems.Add("SDL012", node.Place, message, hint);
}
