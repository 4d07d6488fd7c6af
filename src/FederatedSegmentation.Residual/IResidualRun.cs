using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Residual;

/// <summary>One run of the engine. Fragments may be received side by side; the statements come after them. Disposing of it frees everything that it holds.</summary>
/// <remarks>A failure is a <c>FederatedSegmentationException</c>: RES for its limits, DAT for data that break a promise; whatever concerns a source's files is left to the source (<see cref="EngineFailure"/>).</remarks>
public interface IResidualRun : IAsyncDisposable
{
    /// <summary>Takes a fragment's result into the engine, under the fragment's id. Back-pressure reaches the source: only so many bytes are in flight.</summary>
    /// <param name="fragment">The fragment.</param>
    /// <param name="compiled">Its statement, whose columns are those of the batches.</param>
    /// <param name="schema">The schema of the batches.</param>
    /// <param name="batches">The result; each batch is owned by the engine once it is yielded.</param>
    /// <param name="cancellationToken">Stops it; the table is gone then.</param>
    /// <exception cref="Model.Errors.FederatedSegmentationException">DAT001: values do not fit the declared type of a column.</exception>
    Task ReceiveAsync(QueryFragment fragment, CompiledFragment compiled, ArrowSchema schema, IAsyncEnumerable<RecordBatch> batches, CancellationToken cancellationToken);

    /// <summary>The keys that a fragment waits for, when the fragments are received that it depends on; null where they are more than any of the ways to its source takes.</summary>
    Task<TravellingKeys?> KeysAsync(KeyStatement statement, CancellationToken cancellationToken);

    /// <summary>Counts the members.</summary>
    Task<long> CountAsync(ResidualStatements statements, CancellationToken cancellationToken);

    /// <summary>The members in key order, in batches that the reader owns.</summary>
    IAsyncEnumerable<RecordBatch> MembersAsync(ResidualStatements statements, CancellationToken cancellationToken);

    /// <summary>Writes the members in key order to the run's writable file as Parquet and returns their number.</summary>
    Task<long> WriteParquetAsync(ResidualStatements statements, CancellationToken cancellationToken);

    /// <summary>The number that a statement of ours yields, for instance a count for a data error.</summary>
    Task<long?> QueryNumberAsync(string sql, CancellationToken cancellationToken);

    /// <summary>The texts that a statement of ours yields in its first column, for instance values for a data error; NULLs are left out.</summary>
    Task<IReadOnlyList<string>> QueryTextsAsync(string sql, CancellationToken cancellationToken);
}

/// <summary>A statement of the engine failed for a reason that lies in a table that it reads itself; the source of that table knows how to say it.</summary>
/// <param name="inner">What the engine reported; its message may quote values of the data and is not for users.</param>
/// <param name="misfit">The entity and column with a value that does not fit its declared type, where that is the reason.</param>
public sealed class EngineFailure(Exception inner, (string Entity, string Column)? misfit) : Exception("A statement of the embedded engine failed.", inner)
{
    /// <summary>The entity and column with a value that does not fit its declared type, or null.</summary>
    public (string Entity, string Column)? Misfit { get; } = misfit;

    /// <summary>Whether the engine could not write the run's writable file.</summary>
    public bool ConcernsOutput { get; init; }
}
