using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Fabric;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway;

/// <summary>Makes the connector of a Fabric source.</summary>
internal static class FabricSource
{
    internal static IDataSourceConnector Connect(FabricSourceOptions source) => new FabricConnector(
        source.Name,
        new FabricOptions
        {
            Server = source.Server,
            Port = source.Port,
            Database = source.Database,
            Schema = source.Schema,
            ScratchSchema = source.ScratchSchema,
            // Secrets are read when a connection needs them and kept nowhere else.
            Authentication = source.Login switch
            {
                FabricDefaultLogin => new FabricDefaultCredential(),
                FabricServicePrincipalLogin application => new FabricServicePrincipal(application.TenantId, application.ClientId, application.ClientSecret.Read),
                FabricManagedIdentityLogin identity => new FabricManagedIdentity(identity.ClientId),
                FabricPasswordLogin login => new FabricPassword(login.User, login.Password.Read),
                _ => throw new ArgumentOutOfRangeException(nameof(source), source.Login.GetType().Name, "Unknown login."),
            },
            Encrypt = source.IsStrict ? FabricEncryption.Strict : FabricEncryption.Mandatory,
            ServerCertificate = source.ServerCertificate,
            MaxConcurrent = source.Limits.MaxConcurrent,
            StatementTimeout = source.Limits.StatementTimeout,
        },
        TimeProvider.System);
}
