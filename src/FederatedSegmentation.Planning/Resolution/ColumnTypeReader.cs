using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads the columns of a model: <c>int64</c>, <c>decimal(12,2)</c>, <c>{type, column, zone}</c>.</summary>
internal static class ColumnTypeReader
{
    private const string DecimalName = "decimal";
    private static readonly string[] Keys = ["type", "column", "zone"];

    /// <summary>The types as a model spells them.</summary>
    public static readonly ImmutableArray<string> TypeNames = ["boolean", "int64", "decimal(p,s)", "float64", "string", "date", "timestamp", "datetime", "binary"];

    /// <summary>One column, or null where its type cannot be understood, which is then reported.</summary>
    public static Column? Read(string name, DocumentNode node, DefinitionProblems problems)
    {
        if (node is not MappingNode mapping)
        {
            return NodeShapes.Text(node, problems, $"the type of column '{name}'") is { } text && TypeOf(text, zone: null, node.Place, problems) is { } plain
                ? new Column { Name = name, Type = plain, SourceName = name }
                : null;
        }

        NodeShapes.CheckKeys(mapping, problems, "a column", Keys);
        var zone = mapping.Find("zone") is { } zoneNode ? ReadZone(zoneNode, problems) : null;
        var sourceName = mapping.Find("column") is { } columnNode ? NodeShapes.Text(columnNode, problems, "the name of a column at its source") : name;
        if (NodeShapes.Required(mapping, "type", problems, $"column '{name}'") is not { } typeNode
            || NodeShapes.Text(typeNode, problems, $"the type of column '{name}'") is not { } typeName
            || TypeOf(typeName, zone, typeNode.Place, problems) is not { } type)
        {
            return null;
        }

        if (type is not DateTimeType && mapping.Find("zone") is { } misplaced)
        {
            problems.Add("SDL014", misplaced.Place, $"Column '{name}' is a {type} and has no zone.", "Only a datetime has a zone; remove it or change the type.");
        }

        return sourceName is null ? null : new Column { Name = name, Type = type, SourceName = sourceName };
    }

    /// <summary>The name of a zone that exists, or null after a report.</summary>
    public static string? ReadZone(DocumentNode node, DefinitionProblems problems)
    {
        if (node is ScalarNode { Kind: ScalarKind.String } scalar && ZoneRules.Find(scalar.Text) is not null)
        {
            return scalar.Text;
        }

        var name = (node as ScalarNode)?.Text ?? string.Empty;
        problems.Add("SDL007", node.Place, $"'{name}' is not an IANA time zone.", problems.Suggest(name, ZoneRules.Names, "Write a name such as Europe/Berlin or UTC."));
        return null;
    }

    /// <summary>The type that a model spells so, or null where there is none.</summary>
    /// <param name="text">The name: <c>int64</c>, <c>decimal(12,2)</c>.</param>
    /// <param name="zone">The zone of a datetime, or null.</param>
    public static DataType? Find(string text, string? zone) => text switch
    {
        "boolean" => DataTypes.Boolean,
        "int64" => DataTypes.Int64,
        "float64" => DataTypes.Float64,
        "string" => DataTypes.String,
        "date" => DataTypes.Date,
        "timestamp" => DataTypes.Timestamp,
        "datetime" => new DateTimeType(zone),
        "binary" => DataTypes.Binary,
        _ => text.StartsWith(DecimalName, StringComparison.Ordinal) ? DecimalOf(text.AsSpan(DecimalName.Length)) : null,
    };

    /// <summary>What to do where a type is none.</summary>
    public static string Advice(string text, DefinitionProblems problems) => text.StartsWith(DecimalName, StringComparison.Ordinal)
        ? "Write decimal(p,s) with 1 ≤ p ≤ 38 digits, of which 0 ≤ s ≤ p behind the point."
        : problems.Suggest(text, TypeNames, $"Types: {string.Join(", ", TypeNames)}.");

    private static DataType? TypeOf(string text, string? zone, DocumentPlace place, DefinitionProblems problems)
    {
        var type = Find(text, zone);
        if (type is null)
        {
            var isDecimal = text.StartsWith(DecimalName, StringComparison.Ordinal);
            problems.Add("SDL014", place, isDecimal ? $"'{text}' is not a decimal type." : $"'{text}' is not a type.", Advice(text, problems));
        }

        return type;
    }

    private static DecimalType? DecimalOf(ReadOnlySpan<char> parameters)
    {
        var inner = parameters.Trim();
        if (inner is not ['(', .., ')'])
        {
            return null;
        }

        inner = inner[1..^1];
        var comma = inner.IndexOf(',');
        return comma > 0
            && int.TryParse(inner[..comma].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var precision)
            && int.TryParse(inner[(comma + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var scale)
            && precision is >= 1 and <= 38
            && scale <= precision
            ? new DecimalType(precision, scale)
            : null;
    }
}
