using System.Collections.Immutable;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation;

/// <summary>A segment as a caller names it: its id, or a file that defines it. A closed hierarchy.</summary>
public abstract record SegmentReference
{
    private protected SegmentReference()
    {
    }

    /// <summary>
    /// Reads what a user typed: anything that can be an id (<c>^[a-z][a-z0-9_]{0,62}$</c>) is one, everything else is a path.
    /// </summary>
    /// <param name="text">An id or a path.</param>
    /// <param name="folder">The absolute folder to which a path is relative.</param>
    public static SegmentReference Parse(string text, string folder) => IsId(text) ? new SegmentById(text) : new SegmentInFile(Path.GetFullPath(text, folder), text);

    private static bool IsId(string text) => text is [>= 'a' and <= 'z', ..] and { Length: <= 63 } && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
}

/// <summary>A segment of the segments folder.</summary>
/// <param name="Id">Its id.</param>
public sealed record SegmentById(string Id) : SegmentReference;

/// <summary>The segment that a file defines; it may lie outside the segments folder.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="DisplayName">The path as the user typed it, for messages.</param>
public sealed record SegmentInFile(string Path, string DisplayName) : SegmentReference;

/// <summary>What to check.</summary>
/// <param name="MeasuresData">Whether to measure keys, orphan rates, fan-out and shares of NULL at the sources too.</param>
/// <param name="Deadline">The time allowed in all.</param>
/// <param name="ShowsValues">Whether data errors may name their first three offending values.</param>
public sealed record CheckRequest(bool MeasuresData, TimeSpan Deadline, bool ShowsValues);

/// <summary>What to plan.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="AsOf">The instant of the run; null for now.</param>
/// <param name="Engine">The engine for what is left.</param>
/// <param name="Deadline">The time allowed in all.</param>
public sealed record ExplainRequest(SegmentReference Segment, DateTimeOffset? AsOf, EngineKind Engine, TimeSpan Deadline)
{
    /// <summary>The values of parameters by name, as text; each name must be declared by a segment of the run.</summary>
    public ImmutableDictionary<string, string> Parameters { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>What to run.</summary>
public sealed record RunRequest
{
    /// <summary>The segment.</summary>
    public required SegmentReference Segment { get; init; }

    /// <summary>Where the members go; null to count them only.</summary>
    public required MembershipTarget? Target { get; init; }

    /// <summary>The instant of the run; null for now.</summary>
    public required DateTimeOffset? AsOf { get; init; }

    /// <summary>The values of parameters by name, as text; each name must be declared by a segment of the run.</summary>
    public ImmutableDictionary<string, string> Parameters { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The engine for what is left.</summary>
    public required EngineKind Engine { get; init; }

    /// <summary>The time allowed in all, counted from <see cref="StartedAt"/>.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>When work on the request began, before the settings were read: a timestamp of the same <see cref="TimeProvider"/> that the gateway uses.</summary>
    public required long StartedAt { get; init; }

    /// <summary>Whether data errors may name their first three offending values.</summary>
    public required bool ShowsValues { get; init; }
}
