using FederatedSegmentation.Testing.Postgres;
using Xunit;

namespace FederatedSegmentation.Sql.Tests;

public sealed class DuckDbPlanTests(DuckDbEngine engine) : IClassFixture<DuckDbEngine>
{
    public static TheoryData<string> Names => [.. PlanCases.All.Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_plan_gives_its_rows(string name)
    {
        var (_, plan, rows) = PlanCases.All.Single(item => item.Name == name);
        Assert.Equal(rows, await engine.RowsAsync(plan));
    }
}

public sealed class PostgresPlanTests(PostgresEngine engine) : IClassFixture<PostgresEngine>
{
    public static TheoryData<string> Names => [.. PlanCases.All.Select(item => item.Name)];

    [PostgresTheory]
    [MemberData(nameof(Names))]
    public async Task A_plan_gives_its_rows(string name)
    {
        var (_, plan, rows) = PlanCases.All.Single(item => item.Name == name);
        Assert.Equal(rows, await engine.RowsAsync(plan));
    }
}
