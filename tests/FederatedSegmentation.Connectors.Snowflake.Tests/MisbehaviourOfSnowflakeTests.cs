using System.Text.Json.Nodes;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Snowflake.Tests;

/// <summary>Snowflake, whose parts are partitions.</summary>
public sealed class MisbehaviourOfSnowflakeTests(LocalSnowflake snowflake) : MisbehaviourTests, IClassFixture<LocalSnowflake>, IMisbehavingServer
{
    private const string Token = "the token is the user's own, or signed anew for each request; an expired one is told with SRC003";
    private const string Many = "SELECT many partitions";

    public int Rows => 40;

    public CompiledFragment Numbers => LocalSnowflake.Numbers(Many);

    public CompiledFragment Texts => LocalSnowflake.Numbers("SELECT 'a' AS X");

    public string Secret => "pat-local-1";

    protected override IMisbehavingServer Server => this;

    [WarehouseFact(Skip = "does not apply: partitions of the SQL API have no links")]
    public override Task A_link_that_has_expired_is_replaced() => Task.CompletedTask;

    [WarehouseFact(Skip = "does not apply: " + Token)]
    public override Task A_token_that_expires_while_the_statement_runs_is_replaced_and_nothing_runs_twice() => Task.CompletedTask;

    [WarehouseFact(Skip = "does not apply: " + Token)]
    public override Task A_token_that_expires_while_rows_arrive_is_replaced_and_nothing_runs_twice() => Task.CompletedTask;

    public IRemoteSource Connect() => snowflake.Connector();

    public async Task ResetAsync()
    {
        await snowflake.Control.ResetAsync(CancellationToken.None);
        await snowflake.CannedAsync(Many, [("fixed", 0)], [["0"], ["1"]], [.. Enumerable.Range(2, 19).Select(i => new[] { $"{i}" })], [.. Enumerable.Range(21, 19).Select(i => new[] { $"{i}" })]);
    }

    public Task BeginAsync(Misbehaviour what, string? retryAfter) => what switch
    {
        Misbehaviour.Busy => snowflake.FaultAsync("submit", "throttle", ("headers", retryAfter is null ? new JsonObject() : new JsonObject { ["retry-after"] = retryAfter })),
        Misbehaviour.LoseAnswer => snowflake.FaultAsync("submit", "loseResponse"),
        Misbehaviour.StartLate => snowflake.FaultAsync("submit", "delay", ("ms", 300)),
        Misbehaviour.DelayPart => snowflake.FaultAsync("partition", "delay", ("ms", 300)),
        Misbehaviour.LosePart => snowflake.FaultAsync("partition", "lieRows"),
        Misbehaviour.CutPart => snowflake.FaultAsync("partition", "truncate", ("bytes", 40)),
        Misbehaviour.ReplacePart => snowflake.FaultAsync("partition", "replaceBody", ("body", "{\"data\":[[\"1\"],[\"2\"")),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    public Task<int> WaitingAsync() => snowflake.Control.WaitingFaultsAsync(CancellationToken.None);

    public async Task<int> SubmissionsAsync() => (await snowflake.Control.LogAsync(CancellationToken.None)).Count(request => request.Operation == "submit");
}
