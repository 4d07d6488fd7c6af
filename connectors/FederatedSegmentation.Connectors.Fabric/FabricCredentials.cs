using Azure.Core;
using Azure.Identity;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>Access tokens for TDS endpoints of Microsoft.</summary>
internal static class FabricCredentials
{
    private const string Scope = "https://database.windows.net/.default";

    /// <summary>What fetches tokens; null for a login by password.</summary>
    internal static TokenCredential? Of(FabricAuthentication authentication) => authentication switch
    {
        FabricServicePrincipal application => new RotatingSecretCredential(application),
        FabricManagedIdentity { ClientId: { } client } => new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client)),
        FabricManagedIdentity => new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned),
        FabricDefaultCredential => new DefaultAzureCredential(),
        FabricAccessToken given => new GivenTokenCredential(given),
        FabricPassword => null,
        _ => throw new ArgumentOutOfRangeException(nameof(authentication), authentication.GetType().Name, "Unknown authentication."),
    };

    /// <summary>A token for the warehouse.</summary>
    internal static ValueTask<AccessToken> GetAsync(TokenCredential credential, CancellationToken cancellationToken) => credential.GetTokenAsync(new TokenRequestContext([Scope]), cancellationToken);

    // The secret is read when a token is needed; while it stays the same, so does the inner credential with its cache.
    private sealed class RotatingSecretCredential(FabricServicePrincipal application) : TokenCredential
    {
        private readonly Lock _gate = new();
        private (string Secret, ClientSecretCredential Credential)? _current;

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => Current().GetToken(requestContext, cancellationToken);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => Current().GetTokenAsync(requestContext, cancellationToken);

        private ClientSecretCredential Current()
        {
            var secret = application.Secret();
            lock (_gate)
            {
                if (_current is not { } known || known.Secret != secret)
                {
                    var options = new ClientSecretCredentialOptions();
                    if (application.AuthorityHost is { } host)
                    {
                        options.AuthorityHost = host;
                    }

                    _current = known = (secret, new ClientSecretCredential(application.TenantId, application.ClientId, secret, options));
                }

                return known.Credential;
            }
        }
    }

    // How long it lasts is known to its owner; the server says when it is over.
    private sealed class GivenTokenCredential(FabricAccessToken given) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(given.Token(), DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
