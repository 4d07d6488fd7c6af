using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.PropertyTests;

/// <summary>A database that holds generated tables, under the source name <c>db</c>.</summary>
public abstract class RemoteDatabase
{
    /// <summary>The source as the settings have it.</summary>
    public abstract SourceOptions Options { get; }

    /// <summary>The name of an entity's table.</summary>
    public static string TableOf(string entity) => $"T {entity}\"";

    /// <summary>A connector to it.</summary>
    public abstract IDataSourceConnector Connect();

    /// <summary>Creates and fills an entity's table anew.</summary>
    public abstract Task LoadAsync(GeneratedTable table, CancellationToken cancellationToken);
}
