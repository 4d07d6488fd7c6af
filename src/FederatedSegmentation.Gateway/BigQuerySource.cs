using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.BigQuery;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway;

/// <summary>Makes the connector of a BigQuery source.</summary>
internal static class BigQuerySource
{
    internal static IDataSourceConnector Connect(BigQuerySourceOptions source)
    {
        HttpTransportOptions Reach(Uri endpoint) => new() { Endpoint = endpoint, Proxy = source.Proxy, RootCertificate = source.CaFile };
        return new BigQueryConnector(
            source.Name,
            new BigQueryOptions
            {
                Project = source.Project,
                Location = source.Location,
                Dataset = source.Dataset,
                ScratchSchema = source.ScratchSchema,
                Http = Reach(source.Endpoint),
                Storage = source.UseStorageApi ? Reach(source.StorageEndpoint) : null,
                ReadStreams = source.ReadStreams,
                MaxConcurrent = source.Limits.MaxConcurrent,
                MaxBytesPerQuery = source.MaxBytesPerQuery,
                StatementTimeout = source.Limits.StatementTimeout,
            },
            // The secret is read when a sign-in needs it and kept nowhere.
            source.KeyFile is { } file ? _ => ValueTask.FromResult(file.Read()) : null,
            TimeProvider.System);
    }
}
