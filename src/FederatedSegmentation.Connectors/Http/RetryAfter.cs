using System.Globalization;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>Reads the header <c>Retry-After</c> (RFC 9110 §10.2.3).</summary>
public static class RetryAfter
{
    /// <summary>Nobody waits longer than this at a source's word.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The time that the source asked to wait.</summary>
    /// <param name="header">The header's value, or null.</param>
    /// <param name="now">What a date is compared with.</param>
    /// <returns>Null where the header is absent or neither whole seconds nor an HTTP date; zero for a date that is past; at most a day.</returns>
    public static TimeSpan? Read(string? header, DateTimeOffset now)
    {
        var value = header.AsSpan().Trim();
        if (value.IsEmpty)
        {
            return null;
        }

        if (!value.ContainsAnyExceptInRange('0', '9'))
        {
            return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
        }

        // The three forms of a date that RFC 9110 has a reader accept: IMF-fixdate, RFC 850 and asctime.
        string[] forms = ["ddd, dd MMM yyyy HH:mm:ss 'GMT'", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];
        if (!DateTimeOffset.TryParseExact(value.ToString(), forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite, out var until))
        {
            return null;
        }

        return until <= now ? TimeSpan.Zero : until - now < Longest ? until - now : Longest;
    }
}
