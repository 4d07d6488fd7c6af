using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning.Resolution;
using FederatedSegmentation.Reading;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Running;

/// <summary>Reads the model and the segments, and resolves one of them.</summary>
internal sealed class DefinitionStage(GatewayOptions options, TimeProvider time)
{
    private readonly DefinitionCache _cache = new();

    /// <summary>The segment that the caller means, resolved as of an instant.</summary>
    public async Task<ResolvedRequest> ResolveAsync(
        SegmentReference reference, DateTimeOffset? asOf, ImmutableDictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var environment = await EnvironmentAsync(asOf, parameters, cancellationToken).ConfigureAwait(false);
        ResolvedRun run;
        switch (reference)
        {
            case SegmentById segment:
                run = SegmentResolver.Resolve(segment.Id, environment);
                break;
            case SegmentInFile named:
                var file = await SegmentFolder.ReadFileAsync(named.Path, named.DisplayName, cancellationToken).ConfigureAwait(false);
                run = SegmentResolver.Resolve(file, environment);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(reference), reference, "Unknown reference.");
        }

        return new ResolvedRequest(run, environment.AsOf, started);
    }

    /// <summary>The model and all segments of the settings.</summary>
    /// <param name="asOf">The instant of the run; null for now.</param>
    /// <param name="parameters">The values of parameters; null where nothing is to run.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<ResolutionEnvironment> EnvironmentAsync(DateTimeOffset? asOf, ImmutableDictionary<string, string>? parameters, CancellationToken cancellationToken)
    {
        var instant = asOf ?? time.GetUtcNow();
        var model = await ModelAsync(cancellationToken).ConfigureAwait(false);
        var library = await SegmentFolder.ReadAsync(options.Segments, Display(options.Segments), _cache, cancellationToken).ConfigureAwait(false);
        return new ResolutionEnvironment(
            model,
            library,
            new DateTimeOffset(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero),
            new SegmentKeyFiles(options.Segments),
            parameters);
    }

    private Task<DataModel> ModelAsync(CancellationToken cancellationToken)
        => ModelFile.ReadAsync(options.Model, Display(options.Model), [.. options.Sources.Select(source => source.Name)], _cache, cancellationToken);

    private string Display(string path) => Path.GetRelativePath(Path.GetDirectoryName(options.File)!, path);
}

/// <summary>A resolved segment.</summary>
/// <param name="Run">The segment and those it needs.</param>
/// <param name="AsOf">The instant of the run.</param>
/// <param name="Started">When reading began, as a timestamp.</param>
internal sealed record ResolvedRequest(ResolvedRun Run, DateTimeOffset AsOf, long Started);
