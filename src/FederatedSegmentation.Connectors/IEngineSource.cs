using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors;

/// <summary>A source whose tables the embedded engine reads itself (files): its fragments are part of the residual statement.</summary>
public interface IEngineSource : IDataSourceConnector
{
    /// <summary>The relation behind a table that this source described: a table function over its files, and one expression per column that yields the declared type.</summary>
    /// <param name="table">What <see cref="IDataSourceConnector.DescribeAsync"/> returned, that very object: files may have changed since, and each run goes by its own description.</param>
    /// <exception cref="KeyNotFoundException">This source did not describe it.</exception>
    EngineTable TableOf(StoredTable table);

    /// <summary>Why the statements over a table may be wrong by now: they rely on what was known of its files, and those were written since. Null where all is well.</summary>
    /// <param name="table">What <see cref="IDataSourceConnector.DescribeAsync"/> returned.</param>
    /// <exception cref="KeyNotFoundException">This source did not describe it.</exception>
    Problem? FindChange(StoredTable table);

    /// <summary>Looks, while the engine reads a table, for what the engine itself does not notice: compressed files that were cut short. Null where all is well.</summary>
    /// <param name="table">What <see cref="IDataSourceConnector.DescribeAsync"/> returned.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="KeyNotFoundException">This source did not describe it.</exception>
    Task<Problem?> FindTruncationAsync(StoredTable table, CancellationToken cancellationToken);

    /// <summary>Absolute folders that the engine must be allowed to read.</summary>
    ImmutableArray<string> AllowedDirectories { get; }

    /// <summary>How to find the values of a column that do not fit its declared type, or null for an entity of another source.</summary>
    MisfitQueries? FindMisfits(string entity, string column);

    /// <summary>What a failure of the engine while it read this source's tables means, without values of the data; null where the failure lies elsewhere.</summary>
    /// <param name="failure">What the engine reported.</param>
    /// <param name="cancellationToken">Ends the search for the place.</param>
    Task<Problem?> ExplainAsync(Exception failure, CancellationToken cancellationToken);
}

/// <summary>Statements for the engine about the values of a column that do not fit its declared type.</summary>
/// <param name="Type">The declared type.</param>
/// <param name="Count">Counts them.</param>
/// <param name="Values">The first <see cref="MostValues"/> of them as text.</param>
public sealed record MisfitQueries(DataType Type, string Count, string Values)
{
    /// <summary>How many values a data error names at most.</summary>
    public const int MostValues = 3;
}
