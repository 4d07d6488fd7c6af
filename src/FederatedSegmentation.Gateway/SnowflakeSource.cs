using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Snowflake;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway;

/// <summary>Makes the connector of a Snowflake source.</summary>
internal static class SnowflakeSource
{
    internal static IDataSourceConnector Connect(SnowflakeSourceOptions source, long inFlightBytes) => new SnowflakeConnector(
        source.Name,
        new SnowflakeOptions
        {
            Endpoint = source.Http.Endpoint,
            Proxy = source.Http.Proxy,
            RootCertificate = source.Http.CaFile,
            Account = source.Account,
            Authentication = source.Login switch
            {
                SnowflakeLogin.KeyPair => SnowflakeAuthentication.KeyPair,
                SnowflakeLogin.OAuth => SnowflakeAuthentication.OAuth,
                SnowflakeLogin.ProgrammaticAccessToken => SnowflakeAuthentication.ProgrammaticAccessToken,
                _ => throw new ArgumentOutOfRangeException(nameof(source), source.Login, "Unknown login."),
            },
            User = source.User,
            Role = source.Role,
            Warehouse = source.Warehouse,
            Database = source.Database,
            Schema = source.Schema,
            ScratchSchema = source.ScratchSchema,
            MaxConcurrent = source.Limits.MaxConcurrent,
            StatementTimeout = source.Limits.StatementTimeout,
            InFlightBytes = inFlightBytes,
        },
        // Secrets are read when a token is made and kept nowhere.
        new SnowflakeSecrets(_ => ValueTask.FromResult(source.Secret.Read()), source.Passphrase is { } passphrase ? _ => ValueTask.FromResult(passphrase.Read()) : null),
        TimeProvider.System);
}
