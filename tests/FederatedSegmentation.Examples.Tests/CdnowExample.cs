using System.Collections.Immutable;
using System.Text.Json;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>What expected.json says of one segment.</summary>
/// <param name="Members">How many members there are.</param>
/// <param name="Md5">The MD5 of the members' keys in order, each followed by a line feed, in lower-case hex.</param>
internal sealed record ExpectedMembers(int Members, string Md5);

/// <summary>The folder examples/cdnow.</summary>
internal static class CdnowExample
{
    private static readonly JsonDocument Expectations = JsonDocument.Parse(Repository.Read("examples/cdnow/expected.json"));

    /// <summary>The instant of all answers.</summary>
    public static string AsOf { get; } = Expectations.RootElement.GetProperty("asOf").GetString()!;

    /// <summary>What is expected, by segment.</summary>
    public static ImmutableSortedDictionary<string, ExpectedMembers> Expected { get; } = Expectations.RootElement.GetProperty("segments").EnumerateObject()
        .ToImmutableSortedDictionary(
            segment => segment.Name,
            segment => new ExpectedMembers(segment.Value.GetProperty("members").GetInt32(), segment.Value.GetProperty("md5").GetString()!),
            StringComparer.Ordinal);

    /// <summary>The ids of the segments, as test cases.</summary>
    public static TheoryData<string> Segments => [.. Expected.Keys];

    /// <summary>The root of the example.</summary>
    public static string Folder { get; } = Repository.PathOf("examples/cdnow");
}
