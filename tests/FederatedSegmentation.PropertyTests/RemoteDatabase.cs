using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Settings;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.PropertyTests;

/// <summary>A database that holds generated tables, as a source of its own. One case at a time.</summary>
public abstract class RemoteDatabase
{
    /// <summary>The schema where keys may be written.</summary>
    protected const string ScratchSchema = "scratch";

    /// <summary>The local server of a warehouse; null for another database.</summary>
    public virtual WarehouseServer? Server => null;

    /// <summary>What statements over its tables of keys hold, and no statement of others.</summary>
    public virtual string Mark => throw new NotSupportedException("It has no tables of keys.");

    /// <summary>The tables of keys that are there.</summary>
    public async Task<int> KeyTablesAsync(CancellationToken cancellationToken)
    {
        await using var connector = ConnectToKeyTables();
        return (await connector.DiscoverAsync(cancellationToken)).Count(table => table.Table[^1].Contains("fedseg_", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The source as the settings have it.</summary>
    public abstract SourceOptions Options { get; }

    /// <summary>The name of the source.</summary>
    public string Source => Options.Name;

    /// <summary>The name of an entity's table.</summary>
    public static string TableOf(string entity) => $"T {entity}\"";

    /// <summary>A connector to it.</summary>
    public abstract IDataSourceConnector Connect();

    /// <summary>A connector that finds tables of keys among others.</summary>
    protected virtual IDataSourceConnector ConnectToKeyTables() => Connect();

    /// <summary>Whether it can store the table: its names and its values.</summary>
    public virtual bool Takes(GeneratedTable table) => true;

    /// <summary>Whether a text holds U+0000.</summary>
    public static bool HasNul(GeneratedTable table) =>
        table.Rows.Any(row => row.Any(value => value is Value.Text text && text.Characters.Contains('\0', StringComparison.Ordinal)));

    /// <summary>Creates and fills an entity's table anew.</summary>
    /// <param name="table">The table.</param>
    /// <param name="seed">The seed of the case, from which follows how columns are stored.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public abstract Task LoadAsync(GeneratedTable table, int seed, CancellationToken cancellationToken);
}
