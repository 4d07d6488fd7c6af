using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>
/// What a driver threw, without any of its words: they may hold the connection string or values of the data. Its types, codes and stack remain.
/// </summary>
public sealed partial class DriverFailure : Exception
{
    private readonly string? _stack;

    internal DriverFailure(Exception failure)
        : base(NamesOf(failure))
    {
        _stack = failure.StackTrace;
        States = [.. Chain(failure).OfType<DbException>().SelectMany(cause => CodesOf(cause, "SqlState", "SQLState").Concat(StatesIn(cause.Message))).Distinct(StringComparer.Ordinal)];
        Codes = [.. Chain(failure).OfType<DbException>().SelectMany(cause => CodesOf(cause, "Number", "NativeError", "SqlState", "SQLState").Concat(ResultOf(cause))).Concat(States).Distinct(StringComparer.Ordinal)];
        IsTransient = Chain(failure).Any(cause => cause is DbException { IsTransient: true });
        IsNetwork = Chain(failure).Any(cause => cause is SocketException or IOException or TimeoutException or HttpRequestException);
        IsTransportSecurity = Chain(failure).Any(cause => cause is AuthenticationException);
        IsFromServer = Chain(failure).Any(cause => cause is DbException);
        IsMissingLibrary = Chain(failure).Any(cause => cause is DllNotFoundException or BadImageFormatException or FileNotFoundException or FileLoadException or TypeLoadException or EntryPointNotFoundException);
        IsConversion = Chain(failure).Any(cause => cause is OverflowException or InvalidCastException or FormatException);
    }

    /// <inheritdoc />
    public override string? StackTrace => _stack;

    /// <summary>Codes of the vendor and of SQLSTATE, those that say most first.</summary>
    internal IReadOnlyList<string> Codes { get; }

    /// <summary>Those of them that are SQLSTATE: a vendor's number may look the same and mean something else.</summary>
    internal IReadOnlyList<string> States { get; }

    /// <summary>Whether the driver says that the same may succeed later.</summary>
    internal bool IsTransient { get; }

    /// <summary>Whether the network failed below the driver.</summary>
    internal bool IsNetwork { get; }

    /// <summary>Whether TLS failed below the driver.</summary>
    internal bool IsTransportSecurity { get; }

    /// <summary>Whether it is an error of the database or the driver, and not of the runtime.</summary>
    internal bool IsFromServer { get; }

    /// <summary>Whether the driver lacks something that it needs.</summary>
    internal bool IsMissingLibrary { get; }

    /// <summary>Whether a value did not fit the type in which it was asked for.</summary>
    internal bool IsConversion { get; }

    /// <summary>The names of an exception's types, outermost first.</summary>
    internal static string NamesOf(Exception failure) => string.Join(", ", Chain(failure).Select(cause => cause.GetType().FullName).Distinct().Take(4));

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private static IEnumerable<string> CodesOf(DbException cause, params IEnumerable<string> names)
    {
        // Drivers carry lists of errors as well, and call the vendor's number differently.
        var all = new List<object> { cause };
        if (PropertyOf(cause, "Errors") is IEnumerable errors and not string)
        {
            all.AddRange(errors.Cast<object?>().OfType<object>().Take(20));
        }

        return names.SelectMany(name => all.Select(error => PropertyOf(error, name)).Select(TextOf).OfType<string>());
    }

    // Results of Windows' functions have the highest bit, and say nothing.
    private static IEnumerable<string> ResultOf(DbException cause) => cause.ErrorCode > 0 ? [cause.ErrorCode.ToString(CultureInfo.InvariantCulture)] : [];

    // Drivers for Databricks give a state of their own (HY000), and the server's only in the text. Nothing else of the text is used.
    private static IEnumerable<string> StatesIn(string text) => ServerState().Matches(text) is { Count: > 0 } found ? [found[^1].Groups[1].Value] : [];

    [GeneratedRegex(@"\bSQLSTATE:\s{0,8}([0-9A-Z]{5})\b", RegexOptions.CultureInvariant)]
    private static partial Regex ServerState();

    private static string? TextOf(object? code) => code switch
    {
        int number when number != 0 => number.ToString(CultureInfo.InvariantCulture),
        string { Length: > 0 and <= 64 } text when text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') => text,
        Enum named => Convert.ToInt64(named, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static object? PropertyOf(object error, string name)
    {
        try
        {
            return error.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).FirstOrDefault(property => property.Name == name && property.GetIndexParameters().Length == 0)?.GetValue(error);
        }
        catch (Exception unreadable) when (unreadable is TargetInvocationException or NotSupportedException)
        {
            // A property that a driver declares and does not fill.
            return null;
        }
    }
}
