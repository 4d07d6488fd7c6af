using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors;

/// <summary>A source that says, without running a statement, how much of its data the statement would read. Safe for concurrent use.</summary>
public interface IReadEstimator
{
    /// <summary>Asks the source, which costs nothing there.</summary>
    /// <param name="fragment">The statement; whole, without keys that are known later.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The bytes that it would read, for which the source usually bills; null where it does not say.</returns>
    /// <exception cref="SourceException">The source cannot be asked, or would refuse the statement.</exception>
    Task<long?> EstimateReadAsync(CompiledFragment fragment, CancellationToken cancellationToken);
}
