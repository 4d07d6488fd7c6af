using System.Text;
using System.Text.Json;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks.Api;

/// <summary>Gives the bearer token of requests: a personal access token as it is, or one that OAuth issues to the service principal and that is renewed before it expires. Safe for concurrent use.</summary>
internal sealed class TokenSource(HttpTransport transport, DatabricksOptions options, Func<CancellationToken, ValueTask<string>> secret, TimeProvider clock) : IDisposable
{
    private const string What = "the login";

    private static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _gate = new(1);
    private Issued? _issued;

    /// <summary>Whether a token that was refused can be replaced by another one.</summary>
    internal bool IsRenewable => options.Auth == DatabricksAuth.OAuthMachineToMachine;

    /// <summary>A token that is valid for some while.</summary>
    /// <param name="refused">A token that the service refused, or null: it is not given again.</param>
    /// <param name="stage">For errors.</param>
    /// <param name="cancellationToken">Cancels the login.</param>
    internal async Task<string> GetAsync(string? refused, Stage stage, CancellationToken cancellationToken)
    {
        if (!IsRenewable)
        {
            return await secret(cancellationToken).ConfigureAwait(false);
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_issued is not { } issued || issued.Token == refused || clock.GetUtcNow() >= issued.RenewAt)
            {
                _issued = await LogInAsync(stage, cancellationToken).ConfigureAwait(false);
            }

            return _issued.Token;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task<Issued> LogInAsync(Stage stage, CancellationToken cancellationToken)
    {
        var endpoint = await DiscoverAsync(stage, cancellationToken).ConfigureAwait(false);
        var credentials = $"{Uri.EscapeDataString(options.ClientId!)}:{Uri.EscapeDataString(await secret(cancellationToken).ConfigureAwait(false))}";
        var call = new HttpCall
        {
            Method = HttpMethod.Post,
            Address = endpoint,
            What = What,
            Stage = stage,
            ContentType = "application/x-www-form-urlencoded",
            Body = "grant_type=client_credentials&scope=all-apis"u8.ToArray(),
            Headers = [KeyValuePair.Create("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)))],
            MaxAnswerBytes = 1 << 20,
        };
        var reply = await transport.SendAsync(call, cancellationToken).ConfigureAwait(false);
        await using var closing = reply.ConfigureAwait(false);
        using var body = await reply.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            // OAuth refuses a client with 400 or 401, whatever the table says of a 400.
            throw transport.Errors.OfStatus(reply.Status is 400 ? 401 : reply.Status, null, reply.RetryAfter, stage, SubmissionState.NotSubmitted, What);
        }

        using var answer = DatabricksApi.Parse(body.Memory, call, transport.Errors);
        if (answer.RootElement.TryGetProperty("access_token", out var token) && token.ValueKind == JsonValueKind.String && token.GetString() is { Length: > 0 } text
            && answer.RootElement.TryGetProperty("expires_in", out var expires) && expires.TryGetInt64(out var seconds) && seconds is > 0 and < 31_536_000)
        {
            var lifetime = TimeSpan.FromSeconds(seconds);
            var margin = lifetime / 10 < LongestMargin ? lifetime / 10 : LongestMargin;
            return new Issued(text, clock.GetUtcNow() + lifetime - margin);
        }

        throw transport.Errors.Malformed("is no answer of OAuth", call);
    }

    // The token endpoint is the workspace's own; another host would get the secret.
    private async Task<Uri> DiscoverAsync(Stage stage, CancellationToken cancellationToken)
    {
        var call = new HttpCall { Address = new Uri("oidc/.well-known/oauth-authorization-server", UriKind.Relative), What = What, Stage = stage, MaxAnswerBytes = 1 << 20 };
        var reply = await transport.SendAsync(call, cancellationToken).ConfigureAwait(false);
        await using var closing = reply.ConfigureAwait(false);
        using var body = await reply.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            throw reply.ToError(null, SubmissionState.NotSubmitted);
        }

        using var answer = DatabricksApi.Parse(body.Memory, call, transport.Errors);
        return answer.RootElement.TryGetProperty("token_endpoint", out var endpoint) && endpoint.ValueKind == JsonValueKind.String && Uri.TryCreate(endpoint.GetString(), UriKind.Absolute, out var address)
            ? address
            : throw transport.Errors.Malformed("names no endpoint for tokens", call);
    }

    private sealed record Issued(string Token, DateTimeOffset RenewAt);
}
