using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Snowflake.Protocol;

/// <summary>The token of requests: signed by the private key and renewed in time, or read from where it is kept. Safe for concurrent use.</summary>
internal sealed class AccessToken(SnowflakeOptions options, SnowflakeSecrets secrets, HttpErrors errors, TimeProvider clock)
{
    // Snowflake takes tokens of at most an hour.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(55);
    private static readonly TimeSpan RenewedAfter = TimeSpan.FromMinutes(45);

    // A clock that is a little fast must not sign tokens of the future.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private string? _token;
    private DateTimeOffset _renewAt;

    /// <summary>What the header of a request says about the kind of the token.</summary>
    internal string Kind => options.Authentication switch
    {
        SnowflakeAuthentication.KeyPair => "KEYPAIR_JWT",
        SnowflakeAuthentication.OAuth => "OAUTH",
        _ => "PROGRAMMATIC_ACCESS_TOKEN",
    };

    /// <summary>A token that is valid now.</summary>
    /// <param name="refused">A token that was just refused, or null: another one is made then.</param>
    /// <param name="cancellationToken">Ends the wait for the secret.</param>
    internal async ValueTask<string> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            if (_token is not null && _token != refused && now < _renewAt)
            {
                return _token;
            }
        }

        var secret = await secrets.Secret(cancellationToken).ConfigureAwait(false);
        var passphrase = secrets.Passphrase is { } ask ? await ask(cancellationToken).ConfigureAwait(false) : null;
        var token = options.Authentication == SnowflakeAuthentication.KeyPair ? Sign(secret, passphrase, now) : secret.Trim();
        if (token.Length == 0 || token.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            throw errors.Make(SourceErrorCodes.Refused, Stage.Settings, "The token of the source is empty or has several lines.", "Put exactly the token where Auth:Token refers to.");
        }

        lock (_gate)
        {
            // A token that is read may be replaced at any time; it is read anew as often as one would be signed.
            (_token, _renewAt) = (token, now + RenewedAfter);
        }

        return token;
    }

    private string Sign(string pem, string? passphrase, DateTimeOffset now)
    {
        using var key = RSA.Create();
        try
        {
            if (passphrase is null)
            {
                key.ImportFromPem(pem);
            }
            else
            {
                key.ImportFromEncryptedPem(pem, passphrase);
            }
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or ArgumentException)
        {
            throw errors.Make(
                SourceErrorCodes.Refused,
                Stage.Settings,
                passphrase is null ? "The private key of the source cannot be read." : "The private key of the source cannot be read with its passphrase.",
                "Auth:PrivateKey refers to an RSA key in PEM (PKCS#8, .p8); an encrypted one needs Auth:Passphrase, one that is not encrypted must have none.");
        }

        var subject = $"{options.TokenAccount}.{options.User!.ToUpperInvariant()}";
        var fingerprint = Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        var claims = new Claims($"{subject}.SHA256:{fingerprint}", subject, (now - ClockTolerance).ToUnixTimeSeconds(), (now - ClockTolerance + Lifetime).ToUnixTimeSeconds());
        var signed = $"{Base64Url.EncodeToString("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"u8)}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, ProtocolJson.Default.Claims))}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }
}
