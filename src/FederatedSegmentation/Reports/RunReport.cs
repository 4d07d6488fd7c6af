using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FederatedSegmentation.Reports;

/// <summary>What a run did: the JSON of <c>fedseg run --json</c>.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Segment">The segment's id.</param>
/// <param name="AsOf">The instant of the run.</param>
/// <param name="Members">The number of members.</param>
/// <param name="Engine">The engine that joined, for instance <c>duckdb</c>.</param>
/// <param name="Fragments">One entry per fragment, in plan order.</param>
/// <param name="Timings">Where the time went.</param>
/// <param name="Warnings">Sentences about what somebody should look at.</param>
public sealed record RunReport(
    string Run,
    string Segment,
    [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset AsOf,
    long Members,
    string Engine,
    ImmutableArray<FragmentReport> Fragments,
    TimingsReport Timings,
    ImmutableArray<string> Warnings);

/// <summary>What a fragment did.</summary>
/// <param name="Id">For instance <c>F1</c>.</param>
/// <param name="Source">The data source.</param>
/// <param name="Sql">The exact statement.</param>
/// <param name="Rows">Rows received; null where the engine read the source itself and did not count.</param>
/// <param name="Bytes">Bytes received; null where unknown.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="WaitMs">Milliseconds of waiting for admission.</param>
/// <param name="RunMs">Milliseconds until the first row.</param>
/// <param name="FetchMs">Milliseconds from the first row to the last.</param>
public sealed record FragmentReport(string Id, string Source, string Sql, long? Rows, long? Bytes, int Attempts, double WaitMs, double RunMs, double FetchMs)
{
    /// <summary>How the keys of other fragments travelled; absent where it waited for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TravelledKeys? Keys { get; init; }
}

/// <summary>How keys travelled to a fragment.</summary>
/// <param name="Rung"><c>list</c>, <c>array</c> or <c>table</c>; <c>none</c> where they were too many, and all rows were fetched.</param>
/// <param name="Count">Their number; null where it is not known.</param>
public sealed record TravelledKeys(string Rung, int? Count);

/// <summary>Where the time of a run went, in milliseconds.</summary>
/// <param name="PlanMs">Reading, resolving and planning.</param>
/// <param name="FragmentsMs">From the first statement at a source to the last row.</param>
/// <param name="ResidualMs">The engine's statements, and writing the output.</param>
/// <param name="TotalMs">From reading the settings to the renamed output.</param>
public sealed record TimingsReport(double PlanMs, double FragmentsMs, double ResidualMs, double TotalMs);
