using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>Turns statuses and failures of HTTP into errors for people. Uses no text of an answer. Immutable, safe for concurrent use.</summary>
public sealed partial class HttpErrors
{
    private readonly string _source;
    private readonly HttpErrorTable _table;
    private readonly ImmutableArray<KeyValuePair<string, string>> _placeholders;

    /// <summary>Creates the errors of a source.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="server">The server as messages name it, without secrets.</param>
    /// <param name="table">The vendor's rules.</param>
    /// <param name="placeholders">Values for the rules' further placeholders, for instance <c>role</c> for <c>{role}</c>.</param>
    public HttpErrors(string source, string server, HttpErrorTable table, params IEnumerable<KeyValuePair<string, string>> placeholders)
    {
        _source = source;
        Server = server;
        _table = table;
        _placeholders = [.. placeholders];
    }

    /// <summary>The server as messages name it.</summary>
    public string Server { get; }

    /// <summary>Whether an exception comes from the network or the protocol, and <see cref="OfFailure"/> knows it.</summary>
    public static bool IsForeign(Exception error) => error is HttpRequestException or IOException or SocketException or AuthenticationException or TimeoutException or InvalidDataException;

    /// <summary>The error for an answer that is no success.</summary>
    /// <param name="status">The HTTP status, or 0 where the vendor reports a failure in a successful answer.</param>
    /// <param name="vendorCode">The vendor's code: shown where it is a number, an SQLSTATE or a word.</param>
    /// <param name="retryAfter">How long the source asked to wait, or null.</param>
    /// <param name="stage">Where it happened.</param>
    /// <param name="submission">How far the statement got.</param>
    /// <param name="what">What was being done, to be read inside a sentence.</param>
    public SourceException OfStatus(int status, string? vendorCode, TimeSpan? retryAfter, Stage stage, SubmissionState submission, string what)
    {
        var rule = _table.Find(status, vendorCode);
        var code = CleanCode(vendorCode);
        var numbers = (status, code) switch
        {
            (0, null) => "",
            (0, _) => $" (code {code})",
            (_, null) => string.Create(CultureInfo.InvariantCulture, $" (HTTP {status})"),
            _ => string.Create(CultureInfo.InvariantCulture, $" (HTTP {status}, code {code})"),
        };
        return Make(rule.Code, stage, Fill(rule.Message, what) + numbers, Fill(rule.Hint, what), rule.IsTransient, submission, code ?? (status == 0 ? null : status.ToString(CultureInfo.InvariantCulture)), retryAfter);
    }

    /// <summary>The error of a rule that was found otherwise than by a status: a driver's code.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="code">The vendor's code, or null: shown where it is a number, an SQLSTATE or a word.</param>
    /// <param name="stage">Where it happened.</param>
    /// <param name="submission">How far the statement got.</param>
    /// <param name="what">What was being done, to be read inside a sentence.</param>
    /// <param name="inner">What was thrown, without secrets.</param>
    public SourceException OfRule(SourceErrorRule rule, string? code, Stage stage, SubmissionState submission, string what, Exception? inner)
    {
        var shown = CleanCode(code);
        return Make(rule.Code, stage, Fill(rule.Message, what) + (shown is null ? "" : $" (code {shown})"), Fill(rule.Hint, what), rule.IsTransient, submission, shown, inner: inner);
    }

    /// <summary>The error for a failure of the network, of TLS or of HTTP itself.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="call">The request.</param>
    public SourceException OfFailure(Exception failure, HttpCall call)
    {
        // Before a connection stood, nothing was sent.
        var unsent = call.IfLost == SubmissionState.Unknown ? SubmissionState.NotSubmitted : call.IfLost;
        var place = call.IsLink ? "The storage host of the result" : Server;
        var kind = failure is HttpRequestException request ? request.HttpRequestError : HttpRequestError.Unknown;
        return kind switch
        {
            HttpRequestError.NameResolutionError => Failed(SourceErrorCodes.Unreachable, $"The name of {place} is not known.", "Check the address, and the name servers of this machine.", unsent),
            HttpRequestError.SecureConnectionError => Failed(SourceErrorCodes.TransportSecurity, $"The TLS handshake with {place} failed: its certificate is not trusted, has expired or names another host, or there is no common version of TLS.", "Set RootCertificate to a PEM file with the authority's certificate, of the proxy's where one opens TLS; connect by the name in the certificate.", unsent, isTransient: false),
            HttpRequestError.ProxyTunnelError => Failed(SourceErrorCodes.Unreachable, $"The proxy does not let requests through to {place}.", "Check Proxy, and what it permits.", unsent),
            HttpRequestError.ConnectionError => Failed(SourceErrorCodes.Unreachable, $"{place} cannot be connected to.", "Check the address, Proxy, the firewall, and whether the server runs.", unsent),
            HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.HttpProtocolError
                => Failed(SourceErrorCodes.Incomplete, $"{place} answers {call.What} with something that is not HTTP.", "Run it again; look for a proxy in between.", call.IfLost),
            _ when failure is TimeoutException => Failed(SourceErrorCodes.ConnectionLost, $"{place} was silent for too long during {call.What}.", "Run it again; look at the network, the proxy, and whether the server is overloaded.", call.IfLost),
            _ when failure is InvalidDataException => Failed(SourceErrorCodes.Incomplete, $"The compressed answer of {place} to {call.What} is damaged or cut short.", "Run it again; look for a proxy in between.", call.IfLost),
            _ => Failed(SourceErrorCodes.ConnectionLost, $"The connection to {place} broke during {call.What}.", "Run it again; look at the network if it happens again.", call.IfLost),
        };

        SourceException Failed(string code, string message, string hint, SubmissionState submission, bool isTransient = true)
            => Make(code, call.Stage, Capitalized(message), hint, isTransient, submission, inner: failure);
    }

    /// <summary>The error for an answer that cannot be read as what it should be.</summary>
    /// <param name="how">The defect, to be read after "The answer to fragment F1 ", without values of the answer: <c>is not JSON</c>.</param>
    /// <param name="call">The request.</param>
    /// <param name="inner">What was thrown, or null.</param>
    public SourceException Malformed(string how, HttpCall call, Exception? inner = null)
        => Make(SourceErrorCodes.Incomplete, call.Stage, $"The answer of {Server} to {call.What} {how}.", "Run it again; look for a proxy in between if it happens again.", isTransient: true, call.IfLost, inner: inner);

    /// <summary>An error in our own words.</summary>
    public SourceException Make(
        string code,
        Stage stage,
        string message,
        string hint,
        bool isTransient = false,
        SubmissionState submission = SubmissionState.NotSubmitted,
        string? nativeCode = null,
        TimeSpan? retryAfter = null,
        Exception? inner = null)
        => new(new Problem { Code = code, Stage = stage, Source = _source, Message = message, Hint = hint, IsTransient = isTransient, RetryAfter = isTransient ? retryAfter : null }, inner)
        {
            Submission = submission,
            NativeCode = nativeCode,
        };

    private string Fill(string template, string what)
    {
        var filled = template.Replace("{what}", what, StringComparison.Ordinal).Replace("{server}", Server, StringComparison.Ordinal);
        foreach (var (name, value) in _placeholders)
        {
            filled = filled.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        }

        return Capitalized(filled);
    }

    // A code comes from outside, and may be anything, a token that is sent back among it: only a number, an SQLSTATE or a word is shown.
    private static string? CleanCode(string? code) => code is not null && Code().IsMatch(code) ? code : null;

    [GeneratedRegex(@"\A(?:-?[0-9]{1,10}|[0-9A-Z]{5}|[A-Za-z_.]{1,64})\z")]
    private static partial Regex Code();

    private static string Capitalized(string sentence) => sentence.StartsWith("fragment", StringComparison.Ordinal) || sentence.StartsWith("the ", StringComparison.Ordinal) ? char.ToUpperInvariant(sentence[0]) + sentence[1..] : sentence;
}
