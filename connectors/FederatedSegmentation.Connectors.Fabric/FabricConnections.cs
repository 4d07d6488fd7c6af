using System.Globalization;
using System.Security;
using Azure.Core;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>Opens connections of one source, from a pool. Safe for concurrent use.</summary>
internal sealed class FabricConnections : IAsyncDisposable
{
    private readonly string _connectionString;
    private readonly FabricPassword? _password;
    private readonly TokenCredential? _credential;
    private readonly Lock _gate = new();
    private (string Password, SqlCredential Credential)? _current;

    // The instance is part of the pool's key: one for all connections.
    private readonly Func<SqlAuthenticationParameters, CancellationToken, Task<SqlAuthenticationToken>>? _fetchToken;

    static FabricConnections()
    {
        // One network layer on every platform, the one that needs no native library.
        AppContext.SetSwitch("Switch.Microsoft.Data.SqlClient.UseManagedNetworkingOnWindows", true);
        DriverGlobalization.AllowInvariant();
    }

    internal FabricConnections(FabricOptions options, TokenCredential? credential)
    {
        var builder = new SqlConnectionStringBuilder
        {
            DataSource = string.Create(CultureInfo.InvariantCulture, $"tcp:{options.Server},{options.Port}"),
            InitialCatalog = options.Database,
            ApplicationName = "fedseg",
            Encrypt = options.Encrypt == FabricEncryption.Strict ? SqlConnectionEncryptOption.Strict : SqlConnectionEncryptOption.Mandatory,
            TrustServerCertificate = false,
            ConnectTimeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds),
            // Nothing is repeated in silence: whoever runs the segment hears of a fault that passes.
            ConnectRetryCount = 0,
            PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock,
            // The deadline and the source's limit end a statement, not a third clock.
            CommandTimeout = 0,
            MultipleActiveResultSets = false,
            PersistSecurityInfo = false,
            Enlist = false,
            PacketSize = 32767,
        };
        if (options.ServerCertificate is { } certificate)
        {
            builder.ServerCertificate = certificate;
        }

        _connectionString = builder.ConnectionString;
        _password = options.Authentication as FabricPassword;
        _credential = credential ?? FabricCredentials.Of(options.Authentication);
        if (_credential is { } tokens)
        {
            _fetchToken = async (_, cancellationToken) =>
            {
                var token = await FabricCredentials.GetAsync(tokens, cancellationToken).ConfigureAwait(false);
                return new SqlAuthenticationToken(token.Token, token.ExpiresOn);
            };
        }
    }

    /// <summary>Opens a connection; the caller disposes of it.</summary>
    internal async ValueTask<SqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqlConnection(_connectionString);
        try
        {
            if (_credential is { } tokens)
            {
                // Fetched here first, so that what goes wrong is told by who knows; the driver asks again and is given the same one.
                _ = await FabricCredentials.GetAsync(tokens, cancellationToken).ConfigureAwait(false);
                connection.AccessTokenCallback = _fetchToken;
            }
            else if (_password is { } login)
            {
                connection.Credential = CredentialOf(login);
            }

            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        using var connection = new SqlConnection(_connectionString);
        connection.AccessTokenCallback = _fetchToken;
        SqlConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    // The instance is part of the pool's key as well: a new one only where the password has changed.
    private SqlCredential CredentialOf(FabricPassword login)
    {
        var password = login.Password();
        lock (_gate)
        {
            if (_current is not { } known || known.Password != password)
            {
                _current = known = (password, new SqlCredential(login.User, Protect(password)));
            }

            return known.Credential;
        }
    }

    private static SecureString Protect(string password)
    {
        var secure = new SecureString();
        foreach (var character in password)
        {
            secure.AppendChar(character);
        }

        secure.MakeReadOnly();
        return secure;
    }
}
