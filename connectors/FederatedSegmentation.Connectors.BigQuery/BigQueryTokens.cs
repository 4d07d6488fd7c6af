using System.Collections.Immutable;
using System.Text.Json;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>Access tokens of a service account or of the application-default credentials, asked for when one is needed and kept until it expires. Safe for concurrent use.</summary>
internal sealed class BigQueryTokens : IDisposable
{
    private static readonly ImmutableArray<string> Scopes = ["https://www.googleapis.com/auth/bigquery"];

    private readonly BigQueryOptions _options;
    private readonly BigQueryErrors _errors;
    private readonly Func<CancellationToken, ValueTask<string>>? _keyFile;
    private readonly SemaphoreSlim _gate = new(1);
    private ITokenAccess? _credential;
    private string? _refused;

    /// <param name="options">The settings.</param>
    /// <param name="errors">How failures are told.</param>
    /// <param name="keyFile">Fetches the text of a service account's key file, or null for the application-default credentials.</param>
    internal BigQueryTokens(BigQueryOptions options, BigQueryErrors errors, Func<CancellationToken, ValueTask<string>>? keyFile)
    {
        _options = options;
        _errors = errors;
        _keyFile = keyFile;
    }

    /// <summary>Who signs in, as messages name it.</summary>
    internal string Account { get; private set; } = "the account";

    /// <summary>A token.</summary>
    internal async Task<string> GetAsync(Stage stage, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await AskAsync(stage, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Another token than the one that was refused.</summary>
    internal async Task<string> RenewAsync(string refused, Stage stage, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _refused = refused;
            var token = await AskAsync(stage, cancellationToken).ConfigureAwait(false);
            if (token == refused)
            {
                _credential = null;
                token = await AskAsync(stage, cancellationToken).ConfigureAwait(false);
            }

            return token;
        }
        finally
        {
            _refused = null;
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task<string> AskAsync(Stage stage, CancellationToken cancellationToken)
    {
        var call = new HttpCall { Address = new Uri("token", UriKind.Relative), What = "the sign-in", Stage = stage };
        try
        {
            _credential ??= _keyFile is null ? await DefaultAsync().ConfigureAwait(false) : await ServiceAccountAsync(cancellationToken).ConfigureAwait(false);
            if (_refused is not null && _credential is ServiceCredential service)
            {
                await service.RequestAccessTokenAsync(cancellationToken).ConfigureAwait(false);
            }

            return await _credential.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (TokenResponseException refused)
        {
            throw _errors.Make(
                SourceErrorCodes.Refused,
                stage,
                $"Google's token server refuses {Account} ({Word(refused.Error?.Error)}).",
                "Check the key and whether it was revoked, whether the account is disabled, and this machine's clock.",
                nativeCode: Word(refused.Error?.Error));
        }
        catch (Exception failure) when (HttpErrors.IsForeign(failure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _errors.Http.OfFailure(failure, call);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw _errors.Http.OfFailure(new TimeoutException("No token in time.", late), call);
        }
    }

    private async Task<ITokenAccess> ServiceAccountAsync(CancellationToken cancellationToken)
    {
        var (email, keyId, key, tokenUri) = ReadKeyFile(await _keyFile!(cancellationToken).ConfigureAwait(false));
        Account = email;
        try
        {
            return new ServiceAccountCredential(new ServiceAccountCredential.Initializer(email, tokenUri)
            {
                Scopes = Scopes,
                KeyId = keyId,
                HttpClientFactory = Factory(),
                DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
            }.FromPrivateKey(key));
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or System.Security.Cryptography.CryptographicException or FormatException)
        {
            throw BadKeyFile("holds a private key that cannot be read");
        }
    }

    private async Task<ITokenAccess> DefaultAsync()
    {
        Account = "the application-default credentials";
        try
        {
            var credential = await GoogleCredential.GetApplicationDefaultAsync(CancellationToken.None).ConfigureAwait(false);
            return (credential.IsCreateScopedRequired ? credential.CreateScoped(Scopes) : credential).CreateWithHttpClientFactory(Factory());
        }
        catch (InvalidOperationException)
        {
            throw _errors.Make(
                "CFG006",
                Stage.Settings,
                "This machine has no application-default credentials for Google Cloud, or they cannot be read.",
                "Set GOOGLE_APPLICATION_CREDENTIALS to a credential file, run 'gcloud auth application-default login', or use Auth:Kind service_account.");
        }
    }

    private (string Email, string? KeyId, string Key, string TokenUri) ReadKeyFile(string text)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            throw BadKeyFile("is not JSON");
        }

        using (document)
        {
            string? Member(string name) => document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            if (Member("type") is not "service_account")
            {
                throw BadKeyFile("is not the key of a service account");
            }

            var tokenUri = Member("token_uri") ?? "https://oauth2.googleapis.com/token";
            if (!Uri.TryCreate(tokenUri, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            {
                throw BadKeyFile("names a token server without TLS");
            }

            return Member("client_email") is { Length: > 0 } email && Member("private_key") is { Length: > 0 } key
                ? (email, Member("private_key_id"), key, tokenUri)
                : throw BadKeyFile("lacks client_email or private_key");
        }
    }

    private SourceException BadKeyFile(string how)
        => _errors.Make("CFG006", Stage.Settings, $"The file of Auth:KeyFile {how}.", "Make a new key of the service account in the console of Google Cloud, as JSON.");

    private TransportFactory Factory() => new(_options.Http, _errors.Http);

    private static string Word(string? text) => text is { Length: > 0 and <= 64 } && text.All(character => char.IsAsciiLetter(character) || character == '_') ? text : "no reason given";

    // Google's library reaches its servers the way the source does: by the same proxy and the same authorities.
    private sealed class TransportFactory(HttpTransportOptions options, HttpErrors errors) : HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => HttpTransport.CreateHandler(options, errors);
    }
}
