using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Databricks;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway;

/// <summary>Makes the connector of a Databricks source.</summary>
internal static class DatabricksSource
{
    internal static IDataSourceConnector Connect(DatabricksSourceOptions source, long inFlightBytes) => new DatabricksConnector(
        source.Name,
        new DatabricksOptions
        {
            Transport = new HttpTransportOptions
            {
                Endpoint = source.Http.Endpoint,
                Proxy = source.Http.Proxy,
                RootCertificate = source.Http.CaFile,
                LinkHosts = source.Http.LinkHosts,
            },
            WarehouseId = source.WarehouseId,
            Catalog = source.Catalog,
            Schema = source.Schema,
            ScratchSchema = source.ScratchSchema,
            Auth = source.ClientId is null ? DatabricksAuth.PersonalAccessToken : DatabricksAuth.OAuthMachineToMachine,
            ClientId = source.ClientId,
            MaxConcurrent = source.Limits.MaxConcurrent,
            StatementTimeout = source.Limits.StatementTimeout,
            InFlightBytes = inFlightBytes,
        },
        // The secret is read when a login needs it and kept nowhere.
        _ => ValueTask.FromResult(source.Secret.Read()),
        TimeProvider.System);
}
