using System.Text.Json.Nodes;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Conformance;
using Xunit;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

/// <summary>BigQuery, whose parts are batches of streams.</summary>
public sealed class MisbehaviourOfBigQueryTests(LocalBigQuery server) : MisbehaviourTests, IClassFixture<LocalBigQuery>, IMisbehavingServer
{
    public int Rows => 2_500;

    public CompiledFragment Numbers => LocalBigQuery.Fragment("SELECT id FROM many", new StoredInteger());

    public CompiledFragment Texts => LocalBigQuery.Fragment("SELECT 'a' AS id", new StoredInteger());

    public string Secret => "local.";

    protected override IMisbehavingServer Server => this;

    [Testing.Warehouses.WarehouseFact(Skip = "does not apply: results have no links")]
    public override Task A_link_that_has_expired_is_replaced() => Task.CompletedTask;

    public IRemoteSource Connect() => server.Connect(options => options with { SmallResultRows = 10, ReadStreams = 1 });

    public async Task ResetAsync()
    {
        await server.ResetAsync();
        await server.LoadAsync("many", [("id", "INT64")], [.. Enumerable.Range(0, Rows).Select(i => new string?[] { FormattableString.Invariant($"{i}") })]);
    }

    public Task BeginAsync(Misbehaviour what, string? retryAfter) => what switch
    {
        Misbehaviour.Busy => FaultAsync("jobs.insert", "throttle", ("headers", retryAfter is null ? new JsonObject() : new JsonObject { ["retry-after"] = retryAfter })),
        Misbehaviour.LoseAnswer => FaultAsync("jobs.insert", "loseResponse"),
        Misbehaviour.StartLate => server.VendorAsync("""{"do": "behaviour", "jobDelayMs": 300}"""),
        Misbehaviour.DelayPart => FaultAsync("ReadRows", "delay", ("ms", 300)),
        Misbehaviour.LosePart => FaultAsync("ReadRows", "lieRows"),
        Misbehaviour.CutPart => FaultAsync("ReadRows", "truncate"),
        Misbehaviour.ReplacePart => FaultAsync("jobs.getQueryResults", "replaceBody", ("body", """{"jobComplete": true, "totalRows": "1", "rows": [{"f": [{"v": "1x"}]}]}""")),
        Misbehaviour.ExpireTokenRunning => FaultAsync("jobs.getQueryResults", "expire"),
        Misbehaviour.ExpireTokenFetching => FaultAsync("ReadRows", "expire"),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    public Task<int> WaitingAsync() => server.Control.WaitingFaultsAsync(CancellationToken.None);

    public async Task<int> SubmissionsAsync() => (await server.OperationsAsync()).Count(operation => operation == "jobs.insert");

    private Task FaultAsync(string operation, string kind, params (string Name, JsonNode Value)[] members)
    {
        var fault = new JsonObject { ["match"] = new JsonObject { ["operation"] = operation }, ["kind"] = kind };
        foreach (var (name, value) in members)
        {
            fault[name] = value;
        }

        return server.Control.AddFaultAsync(fault, CancellationToken.None);
    }
}
