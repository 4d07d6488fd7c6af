using System.Globalization;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>Fabric, whose results are one stream of tokens.</summary>
public sealed class MisbehaviourOfFabricTests(MisbehavingWarehouse warehouse) : MisbehaviourTests, IClassFixture<MisbehavingWarehouse>, IMisbehavingServer
{
    private const string Token = "does not apply: a token is looked at when the connection is made, and holds for it";

    private Misbehaviour? _begun;

    public int Rows => 20_000;

    public CompiledFragment Numbers => SourceOver.Numbers("SELECT t.id FROM T AS t");

    public CompiledFragment Texts => SourceOver.Numbers("SELECT 'x' AS id");

    public string Secret => SourceOver.Password;

    protected override IMisbehavingServer Server => this;

    [WarehouseFact(Skip = "does not apply: results have no links")]
    public override Task A_link_that_has_expired_is_replaced() => Task.CompletedTask;

    [WarehouseFact(Skip = Token)]
    public override Task A_token_that_expires_while_the_statement_runs_is_replaced_and_nothing_runs_twice() => Task.CompletedTask;

    [WarehouseFact(Skip = Token)]
    public override Task A_token_that_expires_while_rows_arrive_is_replaced_and_nothing_runs_twice() => Task.CompletedTask;

    [WarehouseFact(Skip = "does not apply: a result is one stream, whose parts have one order")]
    public override Task Parts_that_arrive_in_another_order_are_each_read_once() => Task.CompletedTask;

    [WarehouseTheory(Skip = "does not apply: TDS has no word for when to come back")]
    [InlineData("", null)]
    public override Task A_source_without_room_says_when_to_come_back(string retryAfter, double? seconds) => base.A_source_without_room_says_when_to_come_back(retryAfter, seconds);

    public IRemoteSource Connect() => SourceOver.Connector(SourceOver.Options(warehouse.Server));

    public Task ResetAsync()
    {
        _begun = null;
        return warehouse.Server.Control.ResetAsync(CancellationToken.None);
    }

    public Task BeginAsync(Misbehaviour what, string? retryAfter) => (_begun = what) switch
    {
        Misbehaviour.Busy => warehouse.Server.FaultAsync("throttle", "query", "FROM T"),
        Misbehaviour.LoseAnswer => warehouse.Server.FaultAsync("drop", "query", "FROM T"),
        Misbehaviour.StartLate => warehouse.Server.FaultAsync("delay", "query", "FROM T", ("ms", 300)),
        Misbehaviour.LosePart => warehouse.Server.FaultAsync("lieRows", "query", "FROM T"),
        Misbehaviour.CutPart => warehouse.Server.FaultAsync("truncate", "query", "FROM T", ("bytes", 50_000)),
        Misbehaviour.ReplacePart => warehouse.Server.FaultAsync("badToken", "query", "FROM T"),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    public Task<int> WaitingAsync() => warehouse.Server.Control.WaitingFaultsAsync(CancellationToken.None);

    // A statement that is refused or dropped before it runs is not in the log.
    public async Task<int> SubmissionsAsync() => (_begun is Misbehaviour.Busy or Misbehaviour.LoseAnswer && await WaitingAsync() == 0 ? 1 : 0) + (await warehouse.Server.Control.LogAsync(CancellationToken.None)).Count(request => request.Operation == "query" && (request.Statement ?? "").Contains("FROM T", StringComparison.Ordinal));
}

/// <summary>A local warehouse of the tests of a class, which misbehaves for them alone.</summary>
public sealed class MisbehavingWarehouse : IAsyncLifetime
{
    private WarehouseServer? _server;

    internal WarehouseServer Server => _server ?? throw new InvalidOperationException("There is no server. Mark the test with [WarehouseFact].");

    public async Task InitializeAsync()
    {
        if (NodeInstallation.WhyMissing is null)
        {
            _server = await WarehouseServer.StartAsync("fabric", [], CancellationToken.None);
            await _server.LoadAsync("wh", "T", [("id", "bigint")], [.. Enumerable.Range(0, 20_000).Select(i => new[] { i.ToString(CultureInfo.InvariantCulture) })]);
        }
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
