using System.Collections.Frozen;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>The errors of one vendor. The vendor's own texts are never used: they may hold data or secrets. Immutable, safe for concurrent use.</summary>
public sealed class HttpErrorTable
{
    // What every vendor means by them; a vendor's own rules come first.
    private static readonly SourceErrorRule[] Common =
    [
        new("3xx", SourceErrorCodes.Unreachable, false, "{server} answers {what} with a redirection, and none is followed.", "Name the final address as Endpoint; look for a proxy in between."),
        new("400", SourceErrorCodes.StatementFailed, false, "{server} does not accept the request for {what}.", "Look for a proxy in between; else report it with the code."),
        new("401", SourceErrorCodes.Refused, false, "{server} refuses the credentials.", "Check the secrets of the source's Auth section."),
        new("403", SourceErrorCodes.PermissionDenied, false, "{server} does not permit {what}.", "Check the grants of the user and the network policy of the account."),
        new("404", SourceErrorCodes.StatementFailed, false, "{server} does not know what {what} asks for.", "Check Endpoint."),
        new("407", SourceErrorCodes.Unreachable, false, "The proxy on the way to {server} wants to be logged in to.", "Name a proxy that takes requests of this machine without."),
        new("408", SourceErrorCodes.ConnectionLost, true, "{server} gave up waiting for the request.", "Run it again."),
        new("413", SourceErrorCodes.StatementFailed, false, "The request for {what} is too large for {server}.", "Make the segment smaller, or move its lists into a table of the source."),
        new("429", SourceErrorCodes.Busy, true, "{server} takes no further requests for now.", "Run it again later, or lower MaxConcurrent."),
        new("502", SourceErrorCodes.ConnectionLost, true, "{server} cannot be reached behind its gateway.", "Run it again."),
        new("503", SourceErrorCodes.Busy, true, "{server} is not available for now.", "Run it again later."),
        new("504", SourceErrorCodes.ConnectionLost, true, "{server} did not answer its gateway in time.", "Run it again."),
        new("5xx", SourceErrorCodes.StatementFailed, true, "{server} failed on {what} with an internal error.", "Run it again; ask the vendor's support if it happens again."),
    ];

    private static readonly SourceErrorRule Other = new("", SourceErrorCodes.StatementFailed, false, "{server} refused {what}.", "Look the code up in the vendor's manual.");

    private readonly FrozenDictionary<string, SourceErrorRule> _rules;

    /// <summary>Creates a table.</summary>
    /// <param name="rules">The vendor's rules; a rule with the match of a common one replaces it.</param>
    public HttpErrorTable(params IEnumerable<SourceErrorRule> rules)
    {
        var all = Common.ToDictionary(rule => rule.Match, StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            all[rule.Match] = rule;
        }

        _rules = all.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The rule of a vendor's code, or null; statuses are no codes.</summary>
    /// <param name="vendorCode">The vendor's code.</param>
    public SourceErrorRule? FindCode(string vendorCode) => vendorCode.Length == 3 ? null : _rules.GetValueOrDefault(vendorCode);

    /// <summary>The rule of status and code together, else of the code, of the status, of the status's class; else one that says little.</summary>
    /// <param name="status">The HTTP status, or 0 where the code came otherwise.</param>
    /// <param name="vendorCode">The vendor's code, or null.</param>
    public SourceErrorRule Find(int status, string? vendorCode)
    {
        var number = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return (vendorCode is null ? null : _rules.GetValueOrDefault($"{number}/{vendorCode}") ?? _rules.GetValueOrDefault(vendorCode))
            ?? _rules.GetValueOrDefault(number)
            ?? (number.Length == 3 ? _rules.GetValueOrDefault(number[..1] + "xx") : null)
            ?? Other;
    }
}
