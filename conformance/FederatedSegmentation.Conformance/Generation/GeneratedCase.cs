using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Definitions;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>A column of a generated table.</summary>
/// <param name="LogicalName">The name in the model.</param>
/// <param name="StoredName">The name in the source.</param>
/// <param name="Type">The declared type as the model spells it, <c>decimal(12,2)</c>.</param>
/// <param name="Zone">The zone of a datetime column, if the model gives one.</param>
public sealed record GeneratedColumn(string LogicalName, string StoredName, string Type, string? Zone);

/// <summary>The rows of one entity, each with a value for every column in order.</summary>
public sealed record GeneratedTable(string EntityName, ImmutableArray<GeneratedColumn> Columns, ImmutableArray<ImmutableArray<Value>> Rows);

/// <summary>Where a table lies: the name of a data source and the name parts there, and the delimiter of CSV files.</summary>
public sealed record Placement(string Source, IReadOnlyList<string> Table, char Delimiter = ',');

/// <summary>A model, its rows and segments over them. The trees are never changed after the case is made.</summary>
/// <param name="Seed">What the case was generated from; 0 for cases written by hand.</param>
/// <param name="Model">The model with placeholder sources and tables; <see cref="PlacedModel"/> gives the real ones.</param>
/// <param name="Tables">One table for every entity, in the order of the model.</param>
/// <param name="Segments">All segments, helpers first.</param>
/// <param name="Segment">The id of the segment to run.</param>
/// <param name="KeyFiles">The contents of the files that <c>ids</c> name, by their names (relative to the segments' folder).</param>
/// <param name="AsOf">The instant of the run, in microseconds since 1970-01-01T00:00:00Z.</param>
public sealed record GeneratedCase(
    int Seed,
    JsonNode Model,
    ImmutableArray<GeneratedTable> Tables,
    ImmutableArray<JsonNode> Segments,
    string Segment,
    ImmutableDictionary<string, string> KeyFiles,
    long AsOf)
{
    /// <summary>The values of parameters to give to the run, as text, by name.</summary>
    public ImmutableDictionary<string, string> Parameters { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The instant of the run as ISO 8601 with six digits and <c>Z</c>.</summary>
    public string AsOfText => CivilCalendar.DateTimeText(AsOf) + "Z";

    public JsonNode MainSegment => Segments.First(segment => (string?)segment["segment"] == Segment);

    public OracleInput ToOracleInput() => new(
        Model,
        Tables.ToDictionary(
            table => table.EntityName,
            table => new OracleTable(
                [.. table.Columns.Select(column => column.LogicalName)], [.. table.Rows.Select(row => (IReadOnlyList<Value>)row)])),
        Segments,
        Segment,
        AsOf,
        KeyFiles) { Parameters = Parameters };

    /// <summary>The case without values for parameters that no segment of the run declares: a run refuses those.</summary>
    public GeneratedCase WithoutUnknownParameters()
    {
        var declared = SegmentReferences.ParametersOfRun(Segments, Segment);
        return this with { Parameters = Parameters.RemoveRange(Parameters.Keys.Where(name => !declared.Contains(name))) };
    }

    /// <summary>The values of parameters as one object, in the order of the names.</summary>
    public JsonObject ParametersAsJson() => new(Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
        .Select(parameter => KeyValuePair.Create(parameter.Key, (JsonNode?)parameter.Value)));

    public OracleOutcome Evaluate() => SegmentOracle.Evaluate(ToOracleInput());

    /// <summary>The model with every entity's <c>source</c> and <c>table</c> as <paramref name="place"/> decides.</summary>
    public JsonNode PlacedModel(Func<string, Placement> place)
    {
        var model = Model.DeepClone();
        foreach (var (name, entity) in model["entities"]!.AsObject())
        {
            var placement = place(name);
            entity!["source"] = placement.Source;
            entity["table"] = new JsonArray([.. placement.Table.Select(part => (JsonNode)part)]);
            if (placement.Delimiter != ',')
            {
                entity["csv"] = new JsonObject { ["delimiter"] = placement.Delimiter.ToString() };
            }
        }

        return model;
    }
}
