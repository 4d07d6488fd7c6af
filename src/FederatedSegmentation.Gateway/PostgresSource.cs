using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway;

/// <summary>Makes the connector of a PostgreSQL source.</summary>
internal static class PostgresSource
{
    internal static IDataSourceConnector Connect(PostgresSourceOptions source)
    {
        var options = new PostgresOptions
        {
            Host = source.Host,
            Port = source.Port,
            Database = source.Database,
            User = source.User,
            SslMode = source.SslMode switch
            {
                TlsMode.Disable => PostgresSslMode.Disable,
                TlsMode.Require => PostgresSslMode.Require,
                TlsMode.VerifyCA => PostgresSslMode.VerifyCA,
                TlsMode.VerifyFull => PostgresSslMode.VerifyFull,
                _ => throw new ArgumentOutOfRangeException(nameof(source), source.SslMode, "Unknown mode."),
            },
            RootCertificate = source.RootCertificate,
            MaxConcurrent = source.Limits.MaxConcurrent,
            StatementTimeout = source.Limits.StatementTimeout,
        };
        options = source.Schema is { } schema ? options with { Schema = schema } : options;

        // The secret is read when a connection needs it and kept nowhere.
        return new PostgresConnector(source.Name, options, _ => ValueTask.FromResult(source.Password.Read()), TimeProvider.System);
    }
}
