using System.Collections.Immutable;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation;

/// <summary>Everything the product does, as the command line (and later HTTP) calls it. Safe for concurrent use.</summary>
/// <remarks>
/// Every failure is a <see cref="Model.Errors.FederatedSegmentationException"/> with all its problems, or an <see cref="OperationCanceledException"/>
/// where the caller's token was cancelled; anything else is a bug of ours. When a task has ended, no statement of it runs at a source, no
/// temporary file is left, and nothing is published but a whole result.
/// </remarks>
public interface ISegmentGateway : IAsyncDisposable
{
    /// <summary>The sources of the settings, by name. Asks no source.</summary>
    ImmutableArray<SourceReport> Sources { get; }

    /// <summary>Validates the model and all segments; all defects of all files are reported at once.</summary>
    /// <param name="request">What to check.</param>
    /// <param name="progress">Hears what happens.</param>
    /// <param name="cancellationToken">Cancels the run and its statements at the sources.</param>
    Task<CheckReport> CheckAsync(CheckRequest request, IRunProgress progress, CancellationToken cancellationToken);

    /// <summary>Plans a segment. Sources are asked nothing but metadata.</summary>
    /// <param name="request">What to plan.</param>
    /// <param name="cancellationToken">Cancels the metadata queries.</param>
    Task<ExplainReport> ExplainAsync(ExplainRequest request, CancellationToken cancellationToken);

    /// <summary>Runs a segment: writes its members to the request's target, or only counts them where it names none.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Hears what happens.</param>
    /// <param name="cancellationToken">Cancels the run and its statements at the sources.</param>
    Task<RunReport> RunAsync(RunRequest request, IRunProgress progress, CancellationToken cancellationToken);

    /// <summary>Tests the connection to a source step by step; the steps arrive as they are done. A failed step ends the sequence.</summary>
    /// <param name="source">The name in the settings; an unknown one is a settings error.</param>
    /// <param name="cancellationToken">Cancels the test.</param>
    IAsyncEnumerable<ConnectionCheck> TestSourceAsync(string source, CancellationToken cancellationToken);

    /// <summary>Reads tables, columns, keys and sizes of a source.</summary>
    /// <param name="source">The name in the settings; an unknown one is a settings error.</param>
    /// <param name="cancellationToken">Cancels the metadata queries.</param>
    Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(string source, CancellationToken cancellationToken);
}
