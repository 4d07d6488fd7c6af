using System.Collections.Immutable;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Conformance.Kit.Tests;

/// <summary>A source that nobody reaches.</summary>
internal sealed class SilentSource : IRemoteSource
{
    /// <summary>How often it was asked.</summary>
    public int Questions { get; private set; }

    public string Source => "ops";

    public string Kind => "postgres";

    public Capabilities Capabilities => Sql.Dialects.DuckDbDialect.Instance.Capabilities with { RunsInEngine = false };

    public Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
    {
        Questions++;
        throw Silence();
    }

    public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken) => throw Silence();

    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken) => throw Silence();

    public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables) => throw Silence();

    public Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken) => throw Silence();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static SourceException Silence() => new(new Problem { Code = SourceErrorCodes.Unreachable, Stage = Stage.Execute, Source = "ops", Message = "Nobody answers.", Hint = "Check the network." });
}
