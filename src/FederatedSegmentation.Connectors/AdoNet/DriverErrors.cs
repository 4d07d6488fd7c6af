using System.Collections.Frozen;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>Turns what a driver throws into errors for people, by the vendor's numbers and by SQLSTATE. None of the driver's words are used. Immutable, safe for concurrent use.</summary>
public sealed class DriverErrors
{
    /// <summary>A statement that took longer than the driver's own limit.</summary>
    private static readonly FrozenSet<string> Timeouts = new[] { "HYT00", "HYT01", "-2" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly SourceErrorRule NoConnection = new(
        "", SourceErrorCodes.Unreachable, false, "{server} opens no connection.", "Check the connection string behind Driver:ConnectionString: address, login and database; the codes are the driver's.");

    private static readonly SourceErrorRule Failed = new("", SourceErrorCodes.StatementFailed, false, "{server} failed on {what}.", "Look the code up in the driver's documentation; run the statement that explain prints by hand.");

    // Codes of SQLSTATE as the standard and ODBC know them; a class stands for those that are not listed.
    private static readonly FrozenDictionary<string, SourceErrorRule> States = new SourceErrorRule[]
    {
        new("08", SourceErrorCodes.ConnectionLost, true, "{server} has no connection to its server, or lost it.", "Run it again; check the address in the connection string, and the network."),
        new("08001", SourceErrorCodes.Unreachable, true, "{server} does not reach its server.", "Check the address in the connection string, the network and the firewall."),
        new("08004", SourceErrorCodes.Refused, false, "The server refuses the connection of {server}.", "Check the login and the database in the connection string."),
        new("28", SourceErrorCodes.Refused, false, "The server refuses the login of {server}.", "Check the user and the secret in the connection string."),
        new("3D", SourceErrorCodes.Refused, false, "The server of {server} does not have the database or catalog that is asked for.", "Check the names in the connection string and in the source's settings."),
        new("3F", SourceErrorCodes.TableMissing, false, "A schema that {what} reads is not there.", "Compare the model with `fedseg sources discover`."),
        new("IM", SourceErrorCodes.Refused, false, "{server} does not find the data source or the driver that the connection string names.", "Check Driver= or DSN= in the connection string, and what is installed on this machine."),
        new("IM002", SourceErrorCodes.Refused, false, "{server} does not find the data source or the driver that the connection string names.", "Check Driver= or DSN= in the connection string, and what is installed on this machine."),
        new("42S02", SourceErrorCodes.TableMissing, false, "A table or view that {what} reads is not there, or may not be seen.", "Compare the model with `fedseg sources discover`."),
        new("42P01", SourceErrorCodes.TableMissing, false, "A table or view that {what} reads is not there, or may not be seen.", "Compare the model with `fedseg sources discover`."),
        new("42S22", SourceErrorCodes.ColumnMissing, false, "A column that {what} reads is not there.", "Compare the model's columns with `fedseg sources discover`."),
        new("42703", SourceErrorCodes.ColumnMissing, false, "A column that {what} reads is not there.", "Compare the model's columns with `fedseg sources discover`."),
        new("42501", SourceErrorCodes.PermissionDenied, false, "The account of the connection string may not do what {what} needs.", "Grant it the right to read; `fedseg check` names the tables."),
        new("22", SourceErrorCodes.ValueDoesNotFit, false, "A stored value does not fit what {what} computes from it.", "`fedseg check --data` counts such values; look at the views behind it as well."),
        new("22003", SourceErrorCodes.TooManyDigits, false, "A number that {what} computes is out of range, for instance a sum of more than 38 digits.", "Declare a smaller type, or exclude the rows with such values."),
        new("40", SourceErrorCodes.StatementFailed, true, "The server stopped {what} in favour of another transaction.", "Run it again."),
        new("53", SourceErrorCodes.Busy, true, "The server of {server} has no resources left.", "Run it again later, or lower MaxConcurrent."),
        new("57014", SourceErrorCodes.StatementFailed, false, "{what} was stopped by its operator.", "Ask why before running it again."),
        new("HY008", SourceErrorCodes.StatementFailed, false, "{what} was stopped by its operator.", "Ask why before running it again."),
        new("HYT00", SourceErrorCodes.ConnectionLost, true, "{server} gave up waiting for its server.", "Run it again; look at the server's load."),
        new("HYT01", SourceErrorCodes.Unreachable, true, "{server} does not reach its server in time.", "Check the address in the connection string, the network and the firewall."),
    }.ToFrozenDictionary(rule => rule.Match, StringComparer.Ordinal);

    private readonly DriverVendor _vendor;

    internal DriverErrors(string source, DriverOptions options, DriverVendor vendor)
    {
        _vendor = vendor;
        Common = new HttpErrors(source, options.Name, new HttpErrorTable(), vendor.Placeholders);
        Source = source;
    }

    /// <summary>The source.</summary>
    internal string Source { get; }

    /// <summary>Errors in our own words; the server is the driver.</summary>
    public HttpErrors Common { get; }

    /// <summary>Whether an exception can be the driver's: it may throw whatever it likes, but not what is ours.</summary>
    internal static bool IsForeign(Exception error) => error is not (FederatedSegmentationException or OutOfMemoryException);

    /// <summary>Whether the driver gave a statement up because its time was over.</summary>
    internal static bool IsTimeout(DriverFailure failure) => failure.Codes.Any(Timeouts.Contains);

    /// <summary>The error for what the driver threw.</summary>
    /// <param name="thrown">What was thrown.</param>
    /// <param name="stage">Where it happened.</param>
    /// <param name="submission">How far a statement got.</param>
    /// <param name="what">What was being done, to be read inside a sentence.</param>
    internal SourceException Of(Exception thrown, Stage stage, SubmissionState submission, string what)
    {
        var failure = thrown as DriverFailure ?? new DriverFailure(thrown);
        var isConnecting = submission == SubmissionState.NotSubmitted;
        foreach (var code in failure.Codes)
        {
            if (_vendor.FindRule(code) is { } known)
            {
                return Common.OfRule(known with { IsTransient = known.IsTransient || failure.IsTransient }, code, stage, submission, what, failure);
            }
        }

        foreach (var state in failure.States)
        {
            if ((States.GetValueOrDefault(state) ?? (state.Length == 5 ? States.GetValueOrDefault(state[..2]) : null)) is { } listed)
            {
                return Common.OfRule(listed with { IsTransient = listed.IsTransient || failure.IsTransient }, state, stage, submission, what, failure);
            }
        }

        var names = $" It threw {failure.Message}.";
        var rule = failure switch
        {
            { IsMissingLibrary: true } => new SourceErrorRule("", SourceErrorCodes.DriverUnusable, false, "{server} lacks something that it needs: an assembly, or a native library." + names, "Put everything that the driver needs into Driver:Path, for this platform."),
            { IsTransportSecurity: true } => new SourceErrorRule("", SourceErrorCodes.TransportSecurity, false, "The TLS handshake of {server} failed, or it does not accept the server's certificate.", "Check the name of the server and the certificate's authority in the connection string."),
            { IsNetwork: true } when isConnecting => new SourceErrorRule("", SourceErrorCodes.Unreachable, true, "{server} does not reach its server.", "Check the address in the connection string, the network and the firewall."),
            { IsNetwork: true } => new SourceErrorRule("", SourceErrorCodes.ConnectionLost, true, "The connection of {server} broke during {what}.", "Run it again; look at the network if it happens again."),
            _ when isConnecting => NoConnection with { IsTransient = failure.IsTransient, Message = NoConnection.Message + (failure.Codes.Count == 0 ? names : "") },
            _ => Failed with { IsTransient = failure.IsTransient, Message = Failed.Message + (failure.Codes.Count == 0 ? names : "") },
        };
        return Common.OfRule(rule, failure.Codes.Count > 0 ? failure.Codes[0] : null, stage, submission, what, failure);
    }

    /// <summary>The connection string is none that the driver takes.</summary>
    internal FederatedSegmentationException WrongConnectionString(Exception thrown)
    {
        var failure = new DriverFailure(thrown);
        return new FederatedSegmentationException(
            new Problem
            {
                Code = "CFG006",
                Stage = Stage.Settings,
                Source = Source,
                Pointer = "Driver:ConnectionString",
                Message = $"{Common.Server} does not take the connection string ({failure.Message}).",
                Hint = "Compare its keywords with the driver's documentation; it is not shown here because it holds secrets.",
            },
            failure);
    }

    /// <summary>The deadline passed while a statement ran.</summary>
    internal SourceException DeadlineMissed(SubmissionState submission, string what, Exception? inner = null) => Common.Make(
        SourceErrorCodes.DeadlineMissed, Stage.Execute, $"The deadline passed while {what} ran through {Common.Server}; the statement was stopped.", "Give it more time with --deadline, or ask for less.", submission: submission, inner: Plain(inner));

    /// <summary>A statement took longer than the source's limit.</summary>
    internal SourceException StatementTimedOut(string what, Exception? inner) => Common.Make(
        SourceErrorCodes.StatementTimeout,
        Stage.Execute,
        $"F{what[1..]} took longer through {Common.Server} than its StatementTimeout; it was stopped.",
        "Raise Limits:StatementTimeout of the source, or ask for less.",
        submission: SubmissionState.Submitted,
        inner: Plain(inner));

    /// <summary>The answer is not what it should be.</summary>
    internal SourceException Incomplete(string how, string what, Exception? inner = null) => Common.Make(
        SourceErrorCodes.Incomplete, Stage.Execute, $"The result of {what} {how}.", "Run it again; if it happens again, look for a newer version of the driver.", isTransient: true, submission: SubmissionState.Submitted, inner: Plain(inner));

    private static DriverFailure? Plain(Exception? thrown) => thrown is null ? null : thrown as DriverFailure ?? new DriverFailure(thrown);
}
