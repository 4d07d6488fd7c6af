using System.Collections.Immutable;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Execution;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Planning.Resolution;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Residual;
using FederatedSegmentation.Running;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation;

/// <summary>The product over configured sources and an engine.</summary>
public sealed class SegmentGateway : ISegmentGateway
{
    private readonly Dictionary<string, IDataSourceConnector> _sources;
    private readonly IResidualEngine _engine;
    private readonly TimeProvider _time;
    private readonly DefinitionStage _definitions;
    private readonly SegmentPipeline _pipeline;
    private readonly DataCheck _dataCheck;

    /// <summary>Composes the stages.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sources">A connector per source of the settings; disposed of with the gateway.</param>
    /// <param name="reports">The sources as reports name them.</param>
    /// <param name="engine">The engine for what is left; disposed of with the gateway.</param>
    /// <param name="time">The clock.</param>
    public SegmentGateway(GatewayOptions options, ImmutableArray<IDataSourceConnector> sources, ImmutableArray<SourceReport> reports, IResidualEngine engine, TimeProvider time)
        : this(options, sources, reports, engine, ReductionPolicy.Default, time)
    {
    }

    /// <summary>Composes the stages.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sources">A connector per source of the settings; disposed of with the gateway.</param>
    /// <param name="reports">The sources as reports name them.</param>
    /// <param name="engine">The engine for what is left; disposed of with the gateway.</param>
    /// <param name="reductions">When fragments wait for the keys of others.</param>
    /// <param name="time">The clock.</param>
    public SegmentGateway(
        GatewayOptions options,
        ImmutableArray<IDataSourceConnector> sources,
        ImmutableArray<SourceReport> reports,
        IResidualEngine engine,
        ReductionPolicy reductions,
        TimeProvider time)
    {
        _sources = sources.ToDictionary(source => source.Source, StringComparer.Ordinal);
        _engine = engine;
        _time = time;
        Sources = reports;
        _definitions = new DefinitionStage(options, time);
        var planning = new PlanningStage(_sources, engine, reductions, time);
        var running = new RunStage(_sources, engine, time);
        _pipeline = new SegmentPipeline(_definitions, planning, running);
        _dataCheck = new DataCheck(planning, running);
    }

    /// <inheritdoc />
    public ImmutableArray<SourceReport> Sources { get; }

    /// <inheritdoc />
    public async Task<CheckReport> CheckAsync(CheckRequest request, IRunProgress progress, CancellationToken cancellationToken)
    {
        var environment = await _definitions.EnvironmentAsync(asOf: null, parameters: null, cancellationToken).ConfigureAwait(false);
        var resolution = SegmentResolver.ResolveAll(environment);
        if (!resolution.Problems.IsEmpty)
        {
            throw new FederatedSegmentationException(resolution.Problems);
        }

        var model = environment.Model;
        ImmutableArray<string> ids = [.. resolution.Segments.Select(segment => segment.Id).Order(StringComparer.Ordinal)];
        if (!request.MeasuresData)
        {
            return new CheckReport(model.Id, model.Entities.Length, model.Relationships.Length, ids, Data: null, []);
        }

        using var deadline = new Deadline(_time, _time.GetTimestamp(), request.Deadline, cancellationToken);
        var (data, warnings) = await deadline.RunAsync(token => _dataCheck.MeasureAsync(model, deadline, request.ShowsValues, token)).ConfigureAwait(false);
        return new CheckReport(model.Id, model.Entities.Length, model.Relationships.Length, ids, data, warnings);
    }

    /// <inheritdoc />
    public async Task<ExplainReport> ExplainAsync(ExplainRequest request, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(_time, _time.GetTimestamp(), request.Deadline, cancellationToken);
        return await deadline.RunAsync(token => _pipeline.ExplainAsync(request, token)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task<RunReport> RunAsync(RunRequest request, IRunProgress progress, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(_time, request.StartedAt, request.Deadline, cancellationToken);
        return await deadline.RunAsync(token => _pipeline.RunAsync(request, deadline, progress, token)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ConnectionCheck> TestSourceAsync(string source, CancellationToken cancellationToken) => Find(source).TestAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(string source, CancellationToken cancellationToken) => Find(source).DiscoverAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync().ConfigureAwait(false);
        foreach (var source in _sources.Values)
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private IDataSourceConnector Find(string name) => _sources.GetValueOrDefault(name) ?? throw new FederatedSegmentationException(new Problem
    {
        Code = SettingsCodes.UnknownSource,
        Stage = Stage.Settings,
        Pointer = "Sources",
        Message = $"There is no source '{name}'.",
        Hint = $"The settings have: {string.Join(", ", _sources.Keys.Order(StringComparer.Ordinal))}.",
    });
}
