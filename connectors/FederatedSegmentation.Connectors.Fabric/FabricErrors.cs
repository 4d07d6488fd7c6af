using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Azure;
using Azure.Identity;
using FederatedSegmentation.Model.Errors;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>Turns what the driver throws into errors for people. Uses no text of the server, but for the names of objects that may not be read.</summary>
internal sealed partial class FabricErrors(string source, FabricOptions options)
{
    private string Server { get; } = string.Create(CultureInfo.InvariantCulture, $"{options.Server}:{options.Port}");

    /// <summary>Whether the exception comes from the driver, the network or the login, and <see cref="Of"/> knows it.</summary>
    internal static bool IsForeign(Exception error)
        => error is SqlException or SocketException or IOException or TimeoutException or AuthenticationException or AuthenticationFailedException or RequestFailedException
            || (error is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException && error.Source == "Microsoft.Data.SqlClient");

    /// <summary>The error for an exception of the driver or the network.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="stage">Where it happened.</param>
    /// <param name="submission">How far a statement got.</param>
    /// <param name="what">What was being done, to be read inside a sentence: <c>fragment F1</c>.</param>
    internal SourceException Of(Exception error, Stage stage, SubmissionState submission, string what)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationFailedException:
                    return Wrap(NoToken(stage), error, submission);
                case AuthenticationException:
                    return Wrap(TlsFailed(stage), error, submission);
                case SocketException socket:
                    return Wrap(OfSocket(socket.SocketErrorCode, stage, submission), error, submission);
                case SqlException { InnerException: null or System.ComponentModel.Win32Exception and not SocketException } refused:
                    return OfNumbers(refused, stage, submission, what);
            }
        }

        return error switch
        {
            SqlException refused => OfNumbers(refused, stage, submission, what),
            TimeoutException => Wrap(Unreachable($"{Server} does not answer in time.", "Check Server and Port, the firewall, and whether the capacity runs.", stage), error, submission),
            IOException => Wrap(ConnectionLost(stage), error, submission),
            // What the driver makes of bytes that are no TDS.
            _ when submission != SubmissionState.NotSubmitted => Wrap(
                MakeProblem(SourceErrorCodes.Incomplete, stage, $"The answer of {Server} to {what} is malformed.", "Run it again; if it happens again, look for a proxy between the gateway and the server.", isTransient: true), error, submission),
            _ => Wrap(Unreachable($"{Server} gives no connection in time.", "Lower MaxConcurrent, or look at what else uses it.", stage), error, submission),
        };
    }

    /// <summary>An error in our own words.</summary>
    internal SourceException Make(string code, Stage stage, string message, string hint, bool isTransient = false, SubmissionState submission = SubmissionState.NotSubmitted, string? native = null)
        => new(MakeProblem(code, stage, message, hint, isTransient)) { Submission = submission, NativeCode = native };

    /// <summary>A problem in our own words.</summary>
    internal Problem MakeProblem(string code, Stage stage, string message, string hint, bool isTransient = false)
        => new() { Code = code, Stage = stage, Source = source, Message = message, Hint = hint, IsTransient = isTransient };

    /// <summary>The deadline passed while a statement ran.</summary>
    internal SourceException DeadlineMissed(Stage stage, SubmissionState submission, string what, Exception? inner = null)
        => new(MakeProblem(SourceErrorCodes.DeadlineMissed, stage, $"The deadline passed while {what} ran at {Server}; the statement was stopped.", "Give it more time with --deadline, or ask for less."), inner) { Submission = submission };

    /// <summary>A statement took longer than the source's limit.</summary>
    internal SourceException StatementTimedOut(Stage stage, string what, Exception? inner)
        => new(MakeProblem(SourceErrorCodes.StatementTimeout, stage, $"{Capitalized(what)} took longer at {Server} than its StatementTimeout; it was stopped.", "Raise Limits:StatementTimeout of the source, or ask for less."), inner)
        {
            Submission = SubmissionState.Submitted,
        };

    /// <summary>The answer ended early, or is not what it says.</summary>
    internal SourceException Incomplete(string how, string what, Exception? inner = null)
        => new(MakeProblem(SourceErrorCodes.Incomplete, Stage.Execute, $"The result of {what} {how}.", "Run it again; if it happens again, look for a proxy between the gateway and the server.", isTransient: true), inner)
        {
            Submission = SubmissionState.Submitted,
        };

    private static SourceException Wrap(Problem problem, Exception error, SubmissionState submission) => new(problem, error) { Submission = submission };

    // Several errors may come at once; the first that the table knows says most.
    private SourceException OfNumbers(SqlException refused, Stage stage, SubmissionState submission, string what)
    {
        var errors = refused.Errors.Cast<SqlError>().ToList();
        var first = errors.Find(error => error.Number > 0 && SqlErrorTable.Knows(error.Number)) ?? errors.Find(error => error.Number > 0) ?? errors.FirstOrDefault();
        var (number, severity) = (first?.Number ?? refused.Number, first?.Class ?? refused.Class);
        switch (number)
        {
            case SqlErrorTable.ClientTimeout when submission == SubmissionState.NotSubmitted:
                return Wrap(Unreachable($"{Server} does not answer in time.", "Check Server and Port, the firewall, and whether the capacity runs.", stage), refused, submission);
            case 20 when severity >= 16:
                return Wrap(TlsFailed(stage), refused, submission);
            case 0 or -1 or 2 or 53 or 10060 or 10061 or 11001 or 258 when submission == SubmissionState.NotSubmitted && severity >= 16:
                return Wrap(Unreachable($"{Server} does not answer as a warehouse does.", "Check Server and Port, the firewall, and whether the capacity runs.", stage), refused, submission);
            case <= 0 when severity < 20:
                // "A severe error occurred on the current command": the server said that it failed, and not why.
                return Wrap(MakeProblem(SourceErrorCodes.Incomplete, stage, $"{Server} ended {what} with an error that it does not name.", "Run it again; look at the warehouse's query activity if it happens again.", isTransient: true), refused, submission);
        }

        var rule = SqlErrorTable.Find(number, severity);
        var hint = number == SqlErrorTable.PermissionDenied && Denied().Match(first!.Message) is { Success: true } denied
            ? FabricGrants.Hint([new QualifiedName(denied.Groups["schema"].Value, denied.Groups["object"].Value).ToString()])
            : Fill(rule.Hint, what);
        var suffix = number > 0 ? $" (error {SqlErrorTable.Text(number)})" : "";
        return new SourceException(MakeProblem(rule.Code, stage, Fill(rule.Message, what) + suffix, hint, rule.IsTransient), refused) { Submission = submission, NativeCode = number > 0 ? SqlErrorTable.Text(number) : null };
    }

    private Problem OfSocket(SocketError error, Stage stage, SubmissionState submission) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery
            => Unreachable($"The name {options.Server} is not known.", "Check Server, and the name servers of this machine.", stage),
        SocketError.ConnectionRefused => Unreachable($"{Server} refuses the connection: nothing listens there.", "Check Server and Port.", stage),
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown
            => Unreachable($"There is no way to {Server}.", "Check the network, the VPN and the firewall.", stage),
        SocketError.TimedOut when submission == SubmissionState.NotSubmitted => Unreachable($"{Server} does not answer.", "Check Server and Port, and the firewall.", stage),
        _ when submission == SubmissionState.NotSubmitted => Unreachable($"There is no connection to {Server}.", "Check Server and Port, the firewall, and whether the capacity runs.", stage),
        _ => ConnectionLost(stage),
    };

    private Problem NoToken(Stage stage) => MakeProblem(
        SourceErrorCodes.Refused,
        stage,
        $"Entra ID gives {options.Account} no access token.",
        "Check tenant, client id and secret; for the default credential log in with the Azure CLI, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.");

    private Problem TlsFailed(Stage stage) => MakeProblem(
        SourceErrorCodes.TransportSecurity,
        stage,
        $"The TLS handshake with {Server} failed, or its certificate is not accepted.",
        "Check that Server is a name in the certificate; for a server with a certificate of your own set ServerCertificate to its PEM file; a server without TDS 8.0 needs Encrypt Mandatory.");

    private Problem ConnectionLost(Stage stage) => MakeProblem(
        SourceErrorCodes.ConnectionLost, stage, $"The connection to {Server} broke.", "Run it again; look at the network if it happens again.", isTransient: true);

    private Problem Unreachable(string message, string hint, Stage stage) => MakeProblem(SourceErrorCodes.Unreachable, stage, message, hint, isTransient: true);

    private string Fill(string template, string what) => Capitalized(template
        .Replace("{what}", what, StringComparison.Ordinal)
        .Replace("{server}", Server, StringComparison.Ordinal)
        .Replace("{account}", options.Account, StringComparison.Ordinal)
        .Replace("{database}", FabricNames.Quote(options.Database), StringComparison.Ordinal));

    // Names of hosts stay as they are.
    private string Capitalized(string sentence) => sentence.Length > 0 && char.IsAsciiLetterLower(sentence[0]) && !sentence.StartsWith(options.Server, StringComparison.Ordinal) ? char.ToUpperInvariant(sentence[0]) + sentence[1..] : sentence;

    // "The SELECT permission was denied on the object 'orders', database 'wh', schema 'dbo'."
    [GeneratedRegex("object '(?<object>[^']+)', database '[^']*', schema '(?<schema>[^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Denied();
}
