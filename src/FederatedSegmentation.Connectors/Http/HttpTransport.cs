using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>
/// Sends requests to one source, and to the hosts where it stores results: TLS verified, no redirection followed, no cookies, nothing sent to other hosts, every
/// answer under a limit of bytes and of silence. Safe for concurrent use.
/// </summary>
public sealed class HttpTransport : IDisposable
{
    private readonly HttpTransportOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _invoker;
    private readonly Uri _base;

    /// <summary>Creates a transport.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="errors">How failures are told.</param>
    /// <param name="clock">For time limits and dates of <c>Retry-After</c>.</param>
    /// <exception cref="FederatedSegmentationException">The file of RootCertificate cannot be read (CFG006).</exception>
    public HttpTransport(HttpTransportOptions options, HttpErrors errors, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        Errors = errors;
        var endpoint = options.Endpoint ?? throw new ArgumentException("An endpoint is needed.", nameof(options));
        _base = endpoint.AbsolutePath.EndsWith('/') ? endpoint : new Uri(endpoint.AbsoluteUri + "/");
        _invoker = new HttpMessageInvoker(CreateHandler(options, errors), disposeHandler: true);
    }

    /// <summary>How failures of this source are told.</summary>
    public HttpErrors Errors { get; }

    /// <summary>Sends a request and waits for the beginning of the answer, whatever its status.</summary>
    /// <param name="call">The request.</param>
    /// <param name="cancellationToken">Ends the wait; the request may have arrived all the same.</param>
    /// <returns>The answer, to be disposed of.</returns>
    /// <exception cref="SourceException">No answer came, or the address is of a host that is not allowed.</exception>
    public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var address = AddressOf(call);
        var silence = new SilenceLimit(call.SilenceTimeout ?? _options.SilenceTimeout, _clock, cancellationToken);
        var answered = false;
        try
        {
            using var request = RequestOf(call, address);
            silence.Restart();
            var answer = await _invoker.SendAsync(request, silence.Token).ConfigureAwait(false);
            silence.Pause();
            answered = true;
            return new HttpReply(call, answer, Errors, silence, _clock);
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested)
        {
            throw Errors.OfFailure(new TimeoutException("No answer in time.", cancelled), call);
        }
        catch (Exception failure) when (HttpErrors.IsForeign(failure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Errors.OfFailure(failure, call);
        }
        finally
        {
            if (!answered)
            {
                silence.Dispose();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _invoker.Dispose();

    /// <summary>What sends requests the way a source is reached, for a library that sends its own: the same proxy, the same authorities, no redirection, no cookies.</summary>
    /// <exception cref="FederatedSegmentationException">The file of RootCertificate cannot be read (CFG006).</exception>
    public static SocketsHttpHandler CreateHandler(HttpTransportOptions options, HttpErrors errors)
    {
        var roots = options.RootCertificate is { } file ? ReadRoots(file, errors) : null;
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseProxy = options.Proxy is not null,
            Proxy = options.Proxy is { } proxy ? new WebProxy(proxy) : null,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // Parts that are fetched side by side over HTTP/2 need room in flight; the runtime widens it from here.
            InitialHttp2StreamWindowSize = 4 << 20,
            EnableMultipleHttp2Connections = true,
            PreAuthenticate = false,
            Credentials = null,
            // Nothing of ours in the headers but what a request names.
            ActivityHeadersPropagator = null,
            SslOptions = roots is null ? new SslClientAuthenticationOptions() : new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, chain, defects) => defects == SslPolicyErrors.None
                    || (defects == SslPolicyErrors.RemoteCertificateChainErrors && certificate is X509Certificate2 leaf && IsSignedBy(roots, leaf, chain)),
            },
        };
    }

    private static X509Certificate2Collection ReadRoots(string file, HttpErrors errors)
    {
        var roots = new X509Certificate2Collection();
        Exception? failure = null;
        try
        {
            roots.ImportFromPemFile(file);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            failure = unreadable;
        }

        return roots.Count > 0 ? roots : throw new FederatedSegmentationException(
            errors.Make("CFG006", Stage.Settings, "The file of RootCertificate holds no certificate that can be read.", "Name a PEM file with the authority's certificate.").Problems,
            failure);
    }

    private static bool IsSignedBy(X509Certificate2Collection roots, X509Certificate2 leaf, X509Chain? received)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        if (received is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(received.ChainPolicy.ExtraStore);
        }

        return chain.Build(leaf);
    }

    private Uri AddressOf(HttpCall call)
    {
        var address = call.Address.IsAbsoluteUri ? call.Address : new Uri(_base, call.Address.OriginalString.TrimStart('/'));
        if (call.IsLink ? _options.AllowsLink(address) : _options.IsEndpoint(address))
        {
            return address;
        }

        // The link itself is a secret: whoever has it reads the result.
        throw Errors.Make(
            SourceErrorCodes.ForeignLink,
            call.Stage,
            $"{Errors.Server} sends {call.What} to a host that is neither its own nor a known one of its storage.",
            "If the host belongs to the vendor or to your network, add it to LinkHosts.",
            submission: call.IfLost);
    }

    private static HttpRequestMessage RequestOf(HttpCall call, Uri address)
    {
        var request = new HttpRequestMessage(call.Method, address)
        {
            Version = call.RequiresHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = call.RequiresHttp2 ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrLower,
        };
        if (call.Body is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        }

        if (call.AcceptGzip)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        }

        foreach (var (name, value) in call.Headers)
        {
            if (call.IsLink && string.Equals(name, "Authorization", StringComparison.OrdinalIgnoreCase))
            {
                throw new ArgumentException("A link gets no Authorization header.", nameof(call));
            }

            if (value.AsSpan().ContainsAny('\r', '\n', '\0') || !request.Headers.TryAddWithoutValidation(name, value))
            {
                throw new ArgumentException($"'{name}' with its value is not a header of a request.", nameof(call));
            }
        }

        return request;
    }
}
