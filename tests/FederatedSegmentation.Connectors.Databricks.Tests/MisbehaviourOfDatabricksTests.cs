using System.Text.Json.Nodes;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Conformance;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

/// <summary>Databricks, whose parts are chunks behind links.</summary>
public sealed class MisbehaviourOfDatabricksTests(Workspace workspace) : MisbehaviourTests, IClassFixture<Workspace>, IMisbehavingServer
{
    private static readonly (DataType, StorageType) Number = (new Int64Type(), new StoredInteger());

    public int Rows => Tables.Many;

    public CompiledFragment Numbers => Workspace.Fragment("SELECT n FROM many", Number);

    public CompiledFragment Texts => Workspace.Fragment("SELECT t FROM many", Number);

    public string Secret => "local-secret";

    protected override IMisbehavingServer Server => this;

    public IRemoteSource Connect() => LoginTests.OAuth(workspace, "local-secret");

    public async Task ResetAsync()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.SetAsync(("chunkRows", 1000), ("linksPerAnswer", 1));
    }

    public Task BeginAsync(Misbehaviour what, string? retryAfter) => what switch
    {
        Misbehaviour.Busy => workspace.FaultAsync("submit", "throttle", ("headers", retryAfter is null ? new JsonObject() : new JsonObject { ["retry-after"] = retryAfter })),
        Misbehaviour.LoseAnswer => workspace.FaultAsync("submit", "loseResponse"),
        Misbehaviour.StartLate => workspace.Server.Control.VendorAsync(new JsonObject { ["warehouse"] = "STOPPED", ["startMs"] = 200 }, CancellationToken.None),
        Misbehaviour.DelayPart => workspace.FaultAsync("link", "delay", ("ms", 300)),
        Misbehaviour.LosePart => workspace.FaultAsync("link", "status", ("status", 404)),
        Misbehaviour.CutPart => workspace.FaultAsync("link", "truncate", ("bytes", 500)),
        Misbehaviour.ReplacePart => workspace.FaultAsync("link", "replaceBody", ("body", "not arrow at all")),
        Misbehaviour.ExpireLink => workspace.FaultAsync("link", "expire", ("times", 2)),
        Misbehaviour.ExpireTokenRunning => workspace.FaultAsync("poll", "expire"),
        Misbehaviour.ExpireTokenFetching => workspace.FaultAsync("chunk", "expire"),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    public Task<int> WaitingAsync() => workspace.Server.Control.WaitingFaultsAsync(CancellationToken.None);

    public async Task<int> SubmissionsAsync() => (await workspace.Server.Control.LogAsync(CancellationToken.None)).Count(request => request.Operation == "submit");
}
