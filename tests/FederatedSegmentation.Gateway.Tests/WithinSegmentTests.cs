namespace FederatedSegmentation.Gateway.Tests;

/// <summary>A segment that asks for members of another one, and nothing more of its rows than the key, starts from those members.</summary>
public sealed class WithinSegmentTests
{
    private static Workspace WithSegments(string where)
    {
        var workspace = new Workspace();
        // A key twice, one without a value, and rows that only one of the segments wants.
        workspace.Write("data/customers.csv", "id,country,credit,signed_up\n3,DE,30.00,\n1,DE,10.00,\n1,FR,10.00,\n,DE,50.00,\n2,FR,20.00,\n4,DE,\"\",\n".Replace("\"\"", "", StringComparison.Ordinal));
        workspace.Write("segments/within.yaml", $"segment: within\nof: customer\nwhere: {where}\n");
        return workspace;
    }

    private static async Task<int> ReadsAsync(Workspace workspace, string segment)
        => (await workspace.RunAsync("explain", segment)).Done().Output.Split("customers.csv").Length - 1;

    [Theory]
    [InlineData("{in_segment: germans}", "1,3,4")]
    [InlineData("{all: [{in_segment: germans}, {ids: [3, 4, 9]}]}", "3,4")]
    [InlineData("{all: [{in_segment: germans}, {field: id, gt: 1}]}", "3,4")]
    [InlineData("{all: [{in_segment: germans}, {not: {ids: [3]}}]}", "1,4")]
    public async Task Its_members_are_those_of_the_other_and_the_entity_is_not_read_again(string where, string members)
    {
        using var workspace = WithSegments(where);
        Assert.Equal($"id\n{members.Replace(',', '\n')}\n", (await workspace.RunAsync("run", "within", "--out", "-")).Done().Output);
        Assert.Equal(await ReadsAsync(workspace, "germans"), await ReadsAsync(workspace, "within"));
    }

    [Theory]
    [InlineData("{all: [{in_segment: germans}, {field: credit, gte: 10}]}", "1,3")]
    [InlineData("{any: [{in_segment: germans}, {ids: [2]}]}", "1,2,3,4")]
    [InlineData("{not: {in_segment: germans}}", "2")]
    public async Task Where_its_rows_matter_the_entity_is_read(string where, string members)
    {
        using var workspace = WithSegments(where);
        Assert.Equal($"id\n{members.Replace(',', '\n')}\n", (await workspace.RunAsync("run", "within", "--out", "-")).Done().Output);
        Assert.True(await ReadsAsync(workspace, "within") > await ReadsAsync(workspace, "germans"));
    }

    [Fact]
    public async Task Two_others_are_met_by_their_keys()
    {
        using var workspace = WithSegments("{all: [{in_segment: germans}, {in_segment: rich}]}");
        Assert.Equal("id\n3\n", (await workspace.RunAsync("run", "within", "--out", "-")).Done().Output);
    }
}
