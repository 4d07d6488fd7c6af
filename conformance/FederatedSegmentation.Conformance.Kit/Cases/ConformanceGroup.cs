using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Conformance.Kit.Cases;

/// <summary>Cases over the same small tables: one file of <c>conformance/cases</c>. Immutable; the trees are never changed.</summary>
public sealed record ConformanceGroup
{
    private const int LongerThanAnyRow = 10;

    /// <summary>The name of the file without its extension.</summary>
    public required string Name { get; init; }

    /// <summary>What the cases are about, in one sentence.</summary>
    public required string About { get; init; }

    /// <summary>The model with placeholders for source and tables.</summary>
    public required JsonNode Model { get; init; }

    /// <summary>A table for every entity, in the order of the model.</summary>
    public required ImmutableArray<GeneratedTable> Tables { get; init; }

    /// <summary>The types in which kinds of sources store a column, by <c>entity.column</c> and kind. A kind that is not named does not have the type; columns that are not named are stored as the model declares them.</summary>
    public required ImmutableDictionary<string, ImmutableDictionary<string, string>> Stored { get; init; }

    /// <summary>Names of tables that matter, by entity; others are made of the group's name.</summary>
    public required ImmutableDictionary<string, string> TableNames { get; init; }

    /// <summary>The columns, as <c>entity.column</c>, that the model declares and the tables do not have.</summary>
    public required ImmutableHashSet<string> Missing { get; init; }

    /// <summary>The texts that stand in every row of columns, as <c>entity.column</c>, which are text in the tables whatever the model declares.</summary>
    public required ImmutableDictionary<string, string> BecameText { get; init; }

    /// <summary>The entities whose tables lie in files, so that their keys travel to the source; empty where all lie in the source.</summary>
    public required ImmutableHashSet<string> Elsewhere { get; init; }

    /// <summary>The most values that rungs of the source take in these cases, so that few keys climb the ladder; rungs that are not named take what the source says.</summary>
    public required ImmutableDictionary<KeyPassage, int> Rungs { get; init; }

    /// <summary>Segments that the cases refer to.</summary>
    public required ImmutableArray<JsonNode> Segments { get; init; }

    /// <summary>Files of keys, by name.</summary>
    public required ImmutableDictionary<string, string> KeyFiles { get; init; }

    /// <summary>The instant of the runs, in microseconds since 1970-01-01T00:00:00Z.</summary>
    public required long AsOf { get; init; }

    /// <summary>The cases.</summary>
    public required ImmutableArray<ConformanceCase> Cases { get; init; }

    /// <summary>A case with the group's tables, for the oracle and for the files of the product.</summary>
    public GeneratedCase Asking(ConformanceCase asked)
    {
        if (asked.IsUnfilled)
        {
            var filled = Filled(asked, [0]);
            return filled.Asking(filled.Cases[0]);
        }

        return new GeneratedCase(0, Model, Tables, [.. Segments, asked.Segment], asked.Id, KeyFiles, AsOf);
    }

    /// <summary>The group with one case, in which segments of long texts stand in the place of <see cref="ConformanceCase.FillMark"/>.</summary>
    /// <param name="asked">A case with that mark.</param>
    /// <param name="letters">How many letters the text of each segment has besides the first few; a definition has at most a megabyte.</param>
    public ConformanceGroup Filled(ConformanceCase asked, IReadOnlyList<int> letters)
    {
        var fillers = letters.Select((count, i) => (JsonNode)new JsonObject
        {
            ["segment"] = FormattableString.Invariant($"fill_{i}"),
            ["of"] = (string)asked.Segment["of"]!,
            ["where"] = new JsonObject { ["field"] = "s", ["eq"] = new string('x', count + LongerThanAnyRow) },
        }).ToImmutableArray();
        var references = string.Join(',', fillers.Select(filler => new JsonObject { ["in_segment"] = (string)filler["segment"]! }.ToJsonString()));
        return this with
        {
            Segments = [.. Segments, .. fillers],
            Cases = [asked with { Segment = JsonNode.Parse(asked.Segment.ToJsonString().Replace(ConformanceCase.FillMark, references, StringComparison.Ordinal))! }],
        };
    }
}

/// <summary>One question with its answer. Immutable.</summary>
public sealed record ConformanceCase
{
    /// <summary>Unique in its group; also the id of its segment.</summary>
    public required string Id { get; init; }

    /// <summary>What holds, as a sentence.</summary>
    public required string Says { get; init; }

    /// <summary>The segment.</summary>
    public required JsonNode Segment { get; init; }

    /// <summary>
    /// The capabilities that decide whether the source is asked, by the names of <c>Capabilities</c>; none where every source answers it. Null where that
    /// depends on how the columns are stored: then it is not asserted.
    /// </summary>
    public required ImmutableArray<string>? Asks { get; init; }

    /// <summary>Why the answer stands although the oracle calls it open, as a sentence without a final dot; null where it does not.</summary>
    public required string? Open { get; init; }

    /// <summary>The number of values that the segment lists in one place, where that decides.</summary>
    public required int Lists { get; init; }

    /// <summary>Where segments of long texts go, as JSON.</summary>
    public const string FillMark = "\"$fills\"";

    /// <summary>Whether segments of long texts are still to be put into it.</summary>
    public bool IsUnfilled => Fills is not null && Segment.ToJsonString().Contains(FillMark, StringComparison.Ordinal);

    /// <summary>What the error has to name where the source differs from what is declared, so that no members are the only right answer; null where there are some.</summary>
    public required string? Refused { get; init; }

    /// <summary>When the case is cancelled once, before it is run; null where it is not.</summary>
    public required CancelPoint? Cancels { get; init; }

    /// <summary>
    /// How many letters longer than the source takes the statement is made, by segments of long texts in the place of <c>"$fills"</c>; null where the case is what it is.
    /// </summary>
    public required int? Fills { get; init; }

    /// <summary>The keys that travel, where some do: their number for each statement of the source that waits for keys, in the order of the plan.</summary>
    public required ImmutableArray<int> Keys { get; init; }

    /// <summary>The columns of a key that travels.</summary>
    public required int KeyParts { get; init; }

    /// <summary>Whether the keys take the first rung that holds them; otherwise every rung is tried alone.</summary>
    public required bool Climbs { get; init; }

    /// <summary>The rows that come from the source where keys travelled; null where that is not asserted.</summary>
    public required int? Rows { get; init; }

    /// <summary>The members in key order, as people read them from the text of the language: the key's canonical text, then tier, arm and bucket, joined by <c>|</c>. Null where a data error is the only right answer.</summary>
    public required ImmutableArray<string>? Members { get; init; }
}

/// <summary>When a run is cancelled.</summary>
public enum CancelPoint
{
    /// <summary>Before it starts.</summary>
    Before,

    /// <summary>When the source has its statement.</summary>
    Running,

    /// <summary>While rows arrive.</summary>
    Fetching,
}
