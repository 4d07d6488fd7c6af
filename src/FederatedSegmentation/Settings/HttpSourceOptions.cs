using System.Collections.Immutable;
using System.Net;

namespace FederatedSegmentation.Settings;

/// <summary>How a source is reached over HTTP.</summary>
/// <param name="Endpoint">Its address.</param>
/// <param name="Proxy">An HTTP proxy for everything, or null for none.</param>
/// <param name="CaFile">The absolute path of a PEM file with authorities that are trusted beside those of the machine, or null.</param>
/// <param name="LinkHosts">Hosts to which links of results may lead beside the vendor's own: <c>host</c>, <c>host:port</c> or <c>.suffix</c>.</param>
public sealed record HttpSourceOptions(Uri Endpoint, Uri? Proxy, string? CaFile, ImmutableArray<string> LinkHosts)
{
    /// <summary>Reads <c>Endpoint</c>, <c>Proxy</c> and <c>CaFile</c>, and <c>LinkHosts</c> where the source has links.</summary>
    internal static HttpSourceOptions Read(SettingsSection section, bool hasLinks)
    {
        var endpoint = Address(section, "Endpoint", section.RequiredText("Endpoint"));
        var proxy = section.Text("Proxy");
        if (endpoint is { Scheme: "http" } && !IsLoopback(endpoint))
        {
            section.Reject(SettingsCodes.Unencrypted, "Endpoint", "Without TLS credentials and the customers' data would cross the network in clear.", "Write https://; http:// is for loopback.");
        }

        return new HttpSourceOptions(
            endpoint ?? new Uri("https://localhost"),
            proxy is null ? null : Address(section, "Proxy", proxy),
            section.FilePath("CaFile", null),
            hasLinks && section.Text("LinkHosts") is { } hosts ? [.. hosts.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)] : []);
    }

    /// <inheritdoc />
    public bool Equals(HttpSourceOptions? other) => other is not null && Endpoint == other.Endpoint && Proxy == other.Proxy && CaFile == other.CaFile && LinkHosts.SequenceEqual(other.LinkHosts);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Endpoint, Proxy, CaFile, LinkHosts.Length);

    /// <inheritdoc />
    public override string ToString() => $"{Endpoint} through {Proxy?.ToString() ?? "no proxy"}, CaFile {CaFile}, LinkHosts {string.Join(' ', LinkHosts)}";

    private static Uri? Address(SettingsSection section, string name, string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address.Host.Length > 0 && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0)
        {
            return address;
        }

        section.Reject(SettingsCodes.WrongValue, name, "That is not the address of a server.", "Write it as https://host, without user, password, query or fragment.");
        return null;
    }

    private static bool IsLoopback(Uri address) => address.IsLoopback || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
}
