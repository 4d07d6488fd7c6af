using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>Opens connections of one source, from a pool. Safe for concurrent use.</summary>
/// <remarks>
/// Everything that a session needs is set inside its transaction (<c>SET LOCAL</c>), so that nothing is left behind in the pool or in a pooler between
/// us and the server, and a connection needs no reset.
/// </remarks>
internal sealed class PostgresConnections : IAsyncDisposable
{
    // Large reads: with the default of 8 kB a fetch spends its time in the kernel.
    private const int ReadBufferBytes = 1 << 20;

    private readonly NpgsqlDataSource _pool;
    private readonly Func<CancellationToken, ValueTask<string>> _password;

    internal PostgresConnections(PostgresOptions options, Func<CancellationToken, ValueTask<string>> password)
    {
        var builder = new NpgsqlSlimDataSourceBuilder
        {
            ConnectionStringBuilder =
            {
                Host = options.Host,
                Port = options.Port,
                Database = options.Database,
                Username = options.User,
                ApplicationName = "fedseg",
                Timeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds),
                // The server's statement_timeout and the caller's token end a statement, not a third clock.
                CommandTimeout = 0,
                ReadBufferSize = ReadBufferBytes,
                NoResetOnClose = true,
                Enlist = false,
                MaxAutoPrepare = 0,
                IncludeErrorDetail = false,
                PersistSecurityInfo = false,
                GssEncryptionMode = GssEncryptionMode.Disable,
                TcpKeepAlive = true,
                TcpKeepAliveTime = 30,
                TcpKeepAliveInterval = 10,
                Encoding = "UTF8",
                ClientEncoding = "UTF8",
                // The certificate is verified by our own callback, which keeps the reason; see PostgresTransportSecurity.
                SslMode = options.SslMode == PostgresSslMode.Disable ? SslMode.Disable : SslMode.Require,
            },
        };
        // Fragments have built-in types only, so that the catalogue of types is not read when a connection is opened.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        builder.EnableArrays();
        if (options.SslMode != PostgresSslMode.Disable)
        {
            builder.EnableTransportSecurity();
            builder.UseSslClientAuthenticationOptionsCallback(tls => PostgresTransportSecurity.Configure(tls, options));
        }

        builder.UsePasswordProvider(
            _ => throw new NotSupportedException("Connections are opened asynchronously only."),
            async (_, cancellationToken) => await password(cancellationToken).ConfigureAwait(false));
        _password = password;
        _pool = builder.Build();
    }

    /// <summary>Opens a connection; the caller disposes of it.</summary>
    internal async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        // A secret that is not there is said whether or not the server is.
        _ = await _password(cancellationToken).ConfigureAwait(false);
        return await _pool.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();
}
