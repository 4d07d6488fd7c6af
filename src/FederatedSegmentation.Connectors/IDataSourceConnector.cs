using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Connectors;

/// <summary>A data source of the settings, as planning and administration see it. Safe for concurrent use.</summary>
/// <remarks>Every failure is a <c>SourceException</c> (or a settings problem, CFG) that names the source and says what to do.</remarks>
public interface IDataSourceConnector : IAsyncDisposable
{
    /// <summary>The source's name in the settings.</summary>
    string Source { get; }

    /// <summary>The kind in the settings, for instance <c>postgres</c>.</summary>
    string Kind { get; }

    /// <summary>What the source answers exactly.</summary>
    Capabilities Capabilities { get; }

    /// <summary>Reads how the tables behind the entities are stored, in one round trip where the source can. A missing table or column is an error.</summary>
    /// <param name="entities">Entities of this source.</param>
    /// <param name="cancellationToken">Cancels the metadata queries.</param>
    /// <returns>One table per entity, in the same order.</returns>
    Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken);

    /// <summary>Tests the connection step by step. A failed step ends the sequence; a warning does not.</summary>
    IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken);

    /// <summary>Reads tables, columns, keys, foreign keys and sizes, for a draft of a model.</summary>
    Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken);
}

/// <summary>One step of a connection test.</summary>
/// <param name="Step">What was tested, for instance <c>TLS</c>.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Detail">A sentence for people: what was found, or what to do.</param>
public sealed record ConnectionCheck(string Step, CheckOutcome Outcome, string Detail);

/// <summary>How a step went.</summary>
public enum CheckOutcome
{
    /// <summary>As it should be.</summary>
    Passed,

    /// <summary>It works, but somebody should look.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Failed,
}

/// <summary>A table that a source offers.</summary>
/// <param name="Table">Name parts as a model spells them.</param>
/// <param name="Columns">Its columns in order.</param>
/// <param name="PrimaryKey">Names of the key columns; empty where none is known.</param>
/// <param name="ForeignKeys">References to other tables of the source.</param>
/// <param name="Rows">Estimated rows, or null.</param>
/// <param name="Bytes">Estimated bytes, or null.</param>
public sealed record DiscoveredTable(
    ImmutableArray<string> Table,
    ImmutableArray<DiscoveredColumn> Columns,
    ImmutableArray<string> PrimaryKey,
    ImmutableArray<DiscoveredForeignKey> ForeignKeys,
    long? Rows,
    long? Bytes)
{
    /// <summary>The delimiter of CSV files, where it is not the comma that a model stands for without saying so.</summary>
    public char? CsvDelimiter { get; init; }
}

/// <summary>A column that a source offers.</summary>
/// <param name="Name">The name as the source spells it.</param>
/// <param name="NativeType">The source's own type name.</param>
/// <param name="SuggestedType">The type as a model would spell it, or null where none fits (the column is left out of the draft).</param>
public sealed record DiscoveredColumn(string Name, string NativeType, string? SuggestedType);

/// <summary>A foreign key that a source declares.</summary>
public sealed record DiscoveredForeignKey(ImmutableArray<string> Columns, ImmutableArray<string> ReferencedTable, ImmutableArray<string> ReferencedColumns);
