using System.Collections.Immutable;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Files;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Residual;
using FederatedSegmentation.Residual.DuckDb;
using FederatedSegmentation.Running;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway;

/// <summary>Makes the gateway of settings: one line per kind of source, and the engine.</summary>
internal static class Composition
{
    internal static ISegmentGateway Open(GatewayOptions options) => new SegmentGateway(
        options,
        [.. options.Sources.Select(source => Connect(source, options.InFlightBytes))],
        [.. options.Sources.Select(source => new SourceReport(source.Name, source.Kind, PlaceOf(source)))],
        CreateEngine(options),
        TimeProvider.System);

    /// <summary>The engine of the settings.</summary>
    internal static IResidualEngine CreateEngine(GatewayOptions options)
    {
        var engine = options.Engine.DuckDb;
        return new DuckDbResidualEngine(new DuckDbEngineOptions(engine.MemoryLimit, engine.Threads, engine.TempDirectory, engine.MaxTempSize, options.InFlightBytes, KeepsSpare: false), new PinnedZoneRules());
    }

    /// <summary>The connector of a source; the caller disposes of it.</summary>
    internal static IDataSourceConnector Connect(SourceOptions source, long inFlightBytes) => source switch
    {
        FilesSourceOptions files => new FilesConnector(files.Name, files.Root, TimeProvider.System),
        PostgresSourceOptions postgres => PostgresSource.Connect(postgres),
        SnowflakeSourceOptions snowflake => SnowflakeSource.Connect(snowflake, inFlightBytes),
        DatabricksSourceOptions databricks => DatabricksSource.Connect(databricks, inFlightBytes),
        BigQuerySourceOptions bigQuery => BigQuerySource.Connect(bigQuery),
        FabricSourceOptions fabric => FabricSource.Connect(fabric),
        DriverSourceOptions driver => DriverSource.Connect(driver),
        _ => throw new ArgumentOutOfRangeException(nameof(source), source.Kind, "Unknown kind of source."),
    };

    private static string PlaceOf(SourceOptions source) => source switch
    {
        FilesSourceOptions files => files.Root,
        PostgresSourceOptions postgres => FormattableString.Invariant($"{postgres.Host}:{postgres.Port}/{postgres.Database}"),
        SnowflakeSourceOptions snowflake => $"{snowflake.Http.Endpoint.Authority}/{snowflake.Database}",
        DatabricksSourceOptions databricks => $"{databricks.Http.Endpoint.Authority}/{databricks.Catalog}",
        BigQuerySourceOptions bigQuery => $"{bigQuery.Project} in {bigQuery.Location}",
        FabricSourceOptions fabric => FormattableString.Invariant($"{fabric.Server}:{fabric.Port}/{fabric.Database}"),
        DriverSourceOptions driver => $"{driver.Database} through {driver.FactoryType}",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source.Kind, "Unknown kind of source."),
    };
}
