using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.BigQuery;
using FederatedSegmentation.Connectors.Databricks;
using FederatedSegmentation.Connectors.Fabric;
using FederatedSegmentation.Connectors.Snowflake;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway;

/// <summary>Makes the connector of a source that a driver of the user's reaches: that of its kind, with another road to it.</summary>
internal static class DriverSource
{
    internal static IDataSourceConnector Connect(DriverSourceOptions source)
    {
        // The secret is read when a connection is opened and kept nowhere.
        var driver = new DriverOptions(source.Factory, source.Path, source.ConnectionString.Read);
        var (concurrent, time) = (source.Limits.MaxConcurrent, source.Limits.StatementTimeout);
        return source.Kind switch
        {
            SnowflakeSourceOptions.SnowflakeKind => new SnowflakeConnector(
                source.Name, new SnowflakeOptions { Driver = driver, Database = source.Database, Schema = source.Schema, MaxConcurrent = concurrent, StatementTimeout = time }, secrets: null, TimeProvider.System),
            DatabricksSourceOptions.DatabricksKind => new DatabricksConnector(
                source.Name, new DatabricksOptions { Driver = driver, Catalog = source.Database, Schema = source.Schema, MaxConcurrent = concurrent, StatementTimeout = time }, secret: null, TimeProvider.System),
            BigQuerySourceOptions.BigQueryKind => new BigQueryConnector(
                source.Name, new BigQueryOptions { Driver = driver, Project = source.Database, Dataset = source.Schema, MaxConcurrent = concurrent, StatementTimeout = time }, keyFile: null, TimeProvider.System),
            FabricSourceOptions.FabricKind => new FabricConnector(
                source.Name, new FabricOptions { Driver = driver, Database = source.Database, Schema = source.Schema, MaxConcurrent = concurrent, StatementTimeout = time }, TimeProvider.System),
            _ => throw new ArgumentOutOfRangeException(nameof(source), source.Kind, "No driver for this kind of source."),
        };
    }
}
