using System.Collections.Immutable;
using System.Net;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>How a source is reached over HTTP. Holds no secret. Immutable.</summary>
public sealed record HttpTransportOptions
{
    /// <summary>Where the source answers, for instance <c>https://org-account.snowflakecomputing.com</c>. A path is a prefix of every relative address.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>An HTTP proxy for everything, or null for none; the environment is not asked.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>A PEM file with authorities that are trusted beside those of the machine, or null.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>Hosts to which links of results may lead, beside the endpoint's own: <c>host</c>, <c>host:port</c>, or <c>.suffix</c> for every host below it.</summary>
    public ImmutableArray<string> LinkHosts { get; init; } = [];

    /// <summary>How long opening a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the source may be silent: until its answer begins, and between two pieces of it.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The most connections to one host.</summary>
    public int MaxConnections { get; init; } = 16;

    /// <summary>Every problem, with the option's name as pointer.</summary>
    /// <param name="source">The source's name, for the messages.</param>
    public ImmutableArray<Problem> Validate(string source)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        void Add(string option, string message, string hint, string code = "CFG006") => problems.Add(new Problem
        {
            Code = code,
            Stage = Stage.Settings,
            Source = source,
            Pointer = option,
            Message = message,
            Hint = hint,
        });

        if (Endpoint is null)
        {
            Add(nameof(Endpoint), "The address of the source is not named.", "Set Endpoint to its https address.", "CFG004");
        }
        else if (!IsPlainAddress(Endpoint))
        {
            Add(nameof(Endpoint), "Endpoint is not the address of a server.", "Write it as https://host, without user, password, query or fragment.");
        }
        else if (Endpoint.Scheme == Uri.UriSchemeHttp && !Endpoint.IsLoopback)
        {
            Add(nameof(Endpoint), "Endpoint without TLS would send credentials and customers' data over the network in clear; it is for loopback only.", "Write https://.", "CFG009");
        }

        if (Proxy is not null && (!IsPlainAddress(Proxy) || Proxy.AbsolutePath != "/"))
        {
            Add(nameof(Proxy), "Proxy is not the address of an HTTP proxy.", "Write it as http://host:port, without user and password.");
        }

        if (RootCertificate is not null && !File.Exists(RootCertificate))
        {
            Add(nameof(RootCertificate), "The file of RootCertificate is not there.", "Name a PEM file with the authority's certificate.");
        }

        foreach (var host in LinkHosts)
        {
            if (!IsHostPattern(host))
            {
                Add(nameof(LinkHosts), $"'{Shown(host)}' is not a host.", "Write host, host:port, or .suffix with at least two labels.");
            }
        }

        if (ConnectTimeout < TimeSpan.FromSeconds(1) || ConnectTimeout > TimeSpan.FromMinutes(10))
        {
            Add(nameof(ConnectTimeout), "ConnectTimeout is out of range.", "Use one second to ten minutes.");
        }

        if (SilenceTimeout < TimeSpan.FromSeconds(1) || SilenceTimeout > TimeSpan.FromHours(1))
        {
            Add(nameof(SilenceTimeout), "SilenceTimeout is out of range.", "Use one second to one hour.");
        }

        if (MaxConnections is < 1 or > 256)
        {
            Add(nameof(MaxConnections), "MaxConnections is out of range.", "Use 1 to 256.");
        }

        return problems.ToImmutable();
    }

    /// <summary>Whether a link of a result may be followed: over TLS (or to loopback), to the endpoint's host or a host of <see cref="LinkHosts"/>.</summary>
    internal bool AllowsLink(Uri link)
    {
        if (!link.IsAbsoluteUri || link.UserInfo.Length > 0 || !(link.Scheme == Uri.UriSchemeHttps || (link.Scheme == Uri.UriSchemeHttp && link.IsLoopback)))
        {
            return false;
        }

        return IsEndpoint(link) || LinkHosts.Any(allowed => allowed.StartsWith('.')
            ? link.IsDefaultPort && link.IdnHost.Length > allowed.Length && link.IdnHost.EndsWith(allowed, StringComparison.OrdinalIgnoreCase)
            : string.Equals(allowed, link.IsDefaultPort ? link.IdnHost : $"{link.IdnHost}:{link.Port}", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether an address is of the endpoint itself: the same scheme, host and port.</summary>
    internal bool IsEndpoint(Uri address)
        => Endpoint is not null && address.Scheme == Endpoint.Scheme && address.Port == Endpoint.Port && string.Equals(address.IdnHost, Endpoint.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool IsPlainAddress(Uri address)
        => address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && address.Host.Length > 0 && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0;

    private static bool IsHostPattern(string pattern)
    {
        if (pattern.StartsWith('.'))
        {
            return pattern.Count(character => character == '.') >= 2 && Uri.CheckHostName(pattern[1..]) == UriHostNameType.Dns;
        }

        return Uri.TryCreate($"https://{pattern}", UriKind.Absolute, out var parsed)
            && parsed.AbsolutePath == "/" && !pattern.Contains('/', StringComparison.Ordinal) && parsed.UserInfo.Length == 0 && parsed.Query.Length == 0
            && parsed.HostNameType is not (UriHostNameType.Unknown or UriHostNameType.Basic);
    }

    // What a user wrote, cut to a length that fits a line.
    private static string Shown(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
