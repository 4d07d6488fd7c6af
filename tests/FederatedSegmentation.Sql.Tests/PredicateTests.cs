using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Testing.Postgres;
using Xunit;

namespace FederatedSegmentation.Sql.Tests;

public sealed class DuckDbPredicateTests(DuckDbEngine engine) : IClassFixture<DuckDbEngine>
{
    public static TheoryData<string> Names => [.. PredicateCases.All.Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_predicate_and_its_complement_share_all_rows(string name) => PredicateCheck.RunAsync(engine, name);
}

public sealed class PostgresPredicateTests(PostgresEngine engine) : IClassFixture<PostgresEngine>
{
    public static TheoryData<string> Names => [.. PredicateCases.All.Where(item => !item.EngineOnly).Select(item => item.Name)];

    [PostgresTheory]
    [MemberData(nameof(Names))]
    public Task A_predicate_and_its_complement_share_all_rows(string name) => PredicateCheck.RunAsync(engine, name);
}

internal static class PredicateCheck
{
    private const string AllIds = "123456";

    public static async Task RunAsync(PlanEngine engine, string name)
    {
        var (_, predicate, expected, _) = PredicateCases.All.Single(item => item.Name == name);
        var rest = string.Concat(AllIds.Except(expected));
        var never = new ConstantPlan(false);
        Assert.Equal(expected, await IdsAsync(predicate));
        Assert.Equal(rest, await IdsAsync(new NotPlan(predicate)));
        Assert.Equal(expected, await IdsAsync(new NotPlan(new NotPlan(predicate))));
        Assert.Equal(expected, await IdsAsync(new NotPlan(new OrPlan([never, new NotPlan(predicate)]))));
        Assert.Equal("", await IdsAsync(new AndPlan([predicate, new NotPlan(predicate)])));
        Assert.Equal(AllIds, await IdsAsync(new OrPlan([new NotPlan(predicate), predicate])));

        async Task<string> IdsAsync(PlanPredicate tested) => string.Concat(await engine.RowsAsync(PredicateCases.Ids(tested)));
    }
}
