using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.PropertyTests;

/// <summary>A database that holds generated tables, under the source name <c>db</c>. One case at a time.</summary>
public abstract class RemoteDatabase
{
    /// <summary>The source as the settings have it.</summary>
    public abstract SourceOptions Options { get; }

    /// <summary>The name of an entity's table.</summary>
    public static string TableOf(string entity) => $"T {entity}\"";

    /// <summary>A connector to it.</summary>
    public abstract IDataSourceConnector Connect();

    /// <summary>Creates and fills an entity's table anew.</summary>
    /// <param name="table">The table.</param>
    /// <param name="seed">The seed of the case, from which follows how columns are stored.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public abstract Task LoadAsync(GeneratedTable table, int seed, CancellationToken cancellationToken);
}
