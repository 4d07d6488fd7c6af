using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Conformance.Kit.Storing;

namespace FederatedSegmentation.Conformance.Kit.Tests;

/// <summary>The case files themselves, without any source.</summary>
public sealed class CaseTests
{
    public static TheoryData<string> Groups => [.. CaseLibrary.All.Select(group => group.Name)];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Answers_written_by_hand_are_those_of_the_oracle(string name)
    {
        var group = CaseLibrary.All.Single(one => one.Name == name);
        Assert.Equal(group.Cases.Length, group.Cases.Select(one => one.Id).Distinct(StringComparer.Ordinal).Count());
        foreach (var one in group.Cases)
        {
            var outcome = group.Asking(one).Evaluate();
            Assert.True(outcome.Unspecified.IsEmpty || one.Open is not null, $"{one.Id}: {string.Join(' ', outcome.Unspecified)}");
            Assert.Equal(one.Members is null, outcome.DataError is not null);
            Assert.Equal(one.Members ?? [], outcome.Members.Select(member => string.Join('|', member.Fields)));
        }
    }

    [Fact]
    public void Every_capability_decides_over_a_case() => Assert.Empty(
        CapabilityTable.Names.Except(CaseLibrary.All.SelectMany(group => group.Cases).SelectMany(one => one.Asks ?? []), StringComparer.Ordinal));

    [Fact]
    public void Every_group_applies_to_some_kind_of_source() => Assert.Empty(
        CaseLibrary.All.Where(group => SourceSpelling.All.All(spelling => CaseTables.Of(group, spelling, ["s"]).WhyNone is not null)).Select(group => group.Name));

    [Theory]
    [InlineData("""{"about": "x", "cases": [], "rows": {}, "entities": {}, "casess": []}""", "'casess' is not one of")]
    [InlineData("""{"about": "x", "entities": {"t": {"columns": {"a": "int64"}}}, "rows": {"t": [[1, 2]]}, "cases": []}""", "has 2 values")]
    [InlineData("""{"about": """, "conformance/cases/odd.json")]
    public void A_file_that_is_not_one_of_cases_is_refused(string text, string message)
        => Assert.Contains(message, Assert.Throws<FormatException>(() => GroupReader.Read("odd", text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Long_lists_and_long_texts_are_written_short()
    {
        var group = GroupReader.Read("short", """
            {"about": "x", "entities": {"t": {"key": ["a"], "columns": {"a": "int64", "s": "string"}}}, "rows": {"t": [[7, {"$repeat": ["ab", 3]}]]},
             "cases": [{"case": "c", "says": "x", "where": {"field": "a", "in": [1, {"$range": [5, 7]}]}, "members": [7]}]}
            """);
        Assert.Equal("[1,5,6,7]", group.Cases[0].Segment["where"]!["in"]!.ToJsonString());
        Assert.Equal("ababab", ((Oracle.Values.Value.Text)group.Tables[0].Rows[0][1]).Characters);
    }
}
