using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using FederatedSegmentation.Model.Errors;
using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>Turns what Npgsql throws into errors for people. Never uses a text of the server: it may hold data.</summary>
internal sealed class PostgresErrors(string source, PostgresOptions options)
{
    private string Server { get; } = options.Host.StartsWith('/')
        ? string.Create(CultureInfo.InvariantCulture, $"{options.Host} (port {options.Port})")
        : string.Create(CultureInfo.InvariantCulture, $"{options.Host}:{options.Port}");

    /// <summary>Whether the exception comes from the driver or the network, and <see cref="Of"/> knows it.</summary>
    internal static bool IsForeign(Exception error) => error is NpgsqlException or SocketException or IOException or TimeoutException or CertificateRejectedException or AuthenticationException;

    /// <summary>The error for an exception of the driver or the network.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="stage">Where it happened.</param>
    /// <param name="submission">How far a statement got.</param>
    /// <param name="what">What was being done, to be read inside a sentence: <c>fragment F1</c>.</param>
    internal SourceException Of(Exception error, Stage stage, SubmissionState submission, string what)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            var (problem, state) = cause switch
            {
                PostgresException refused => (OfState(refused.SqlState, stage, what), refused.SqlState),
                CertificateRejectedException rejected => (OfCertificate(rejected.Defect, stage), null),
                SocketException socket => (OfSocket(socket.SocketErrorCode, stage, submission), null),
                AuthenticationException => (TlsFailed(stage), null),
                TimeoutException => (Unreachable($"{Server} does not answer in time.", "Check Host and Port, the firewall, and whether the server is overloaded.", stage), null),
                // Npgsql's own words for a server that answers the request for TLS with "no"; they are not localized.
                NpgsqlException npgsql when npgsql.InnerException is null && npgsql.Message.Contains("SSL", StringComparison.Ordinal) => (NoTls(stage), null),
                _ => ((Problem?)null, (string?)null),
            };
            if (problem is not null)
            {
                return new SourceException(problem, error) { Submission = submission, NativeCode = state };
            }
        }

        return new SourceException(OfState("08006", stage, what), error) { Submission = submission };
    }

    /// <summary>An error in our own words.</summary>
    internal SourceException Make(string code, Stage stage, string message, string hint, bool isTransient = false, SubmissionState submission = SubmissionState.NotSubmitted, string? state = null)
        => new(MakeProblem(code, stage, message, hint, isTransient)) { Submission = submission, NativeCode = state };

    /// <summary>A problem in our own words.</summary>
    internal Problem MakeProblem(string code, Stage stage, string message, string hint, bool isTransient = false)
        => new() { Code = code, Stage = stage, Source = source, Message = message, Hint = hint, IsTransient = isTransient };

    /// <summary>The deadline passed while a statement ran.</summary>
    internal SourceException DeadlineMissed(Stage stage, SubmissionState submission, string what, Exception? inner = null)
        => new(MakeProblem(SourceErrorCodes.DeadlineMissed, stage, $"The deadline passed while {what} ran at {Server}; the statement was stopped.", "Give it more time with --deadline, or ask for less."), inner)
        {
            Submission = submission,
            NativeCode = inner is PostgresException refused ? refused.SqlState : null,
        };

    /// <summary>A statement took longer than the source's limit.</summary>
    internal SourceException StatementTimedOut(Stage stage, string what, Exception inner)
        => new(MakeProblem(SourceErrorCodes.StatementTimeout, stage, $"{Capitalized(what)} took longer at {Server} than its StatementTimeout; it was stopped.", "Raise Limits:StatementTimeout of the source, or ask for less."), inner)
        {
            Submission = SubmissionState.Submitted,
            NativeCode = SqlStateTable.QueryCanceled,
        };

    private Problem OfState(string state, Stage stage, string what)
    {
        if (state == SqlStateTable.QueryCanceled)
        {
            return MakeProblem(SourceErrorCodes.StatementFailed, stage, $"{Capitalized(what)} was stopped at {Server} by its operator.", "Ask why before running it again.");
        }

        var rule = SqlStateTable.Find(state);
        return MakeProblem(rule.Code, stage, $"{Fill(rule.Message, what)} (SQLSTATE {state})", Fill(rule.Hint, what), rule.IsTransient);
    }

    private Problem OfCertificate(CertificateDefect defect, Stage stage) => defect switch
    {
        CertificateDefect.OtherName => Tls($"The certificate of {Server} names another host.", "Connect by a name that is in the certificate, or have the certificate renewed with this name.", stage),
        CertificateDefect.NotTrusted => Tls($"The certificate of {Server} does not come from a trusted authority, or has expired.", "Set RootCertificate to a PEM file with the authority's certificate.", stage),
        CertificateDefect.Missing => Tls($"{Server} shows no certificate.", "Its operator has to give it one.", stage),
        CertificateDefect.RootUnreadable => MakeProblem("CFG006", stage, "The file of RootCertificate holds no certificate that can be read.", "Name a PEM file with the authority's certificate."),
        _ => throw new ArgumentOutOfRangeException(nameof(defect), defect, "Unknown defect."),
    };

    private Problem OfSocket(SocketError error, Stage stage, SubmissionState submission) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery
            => Unreachable($"The name {options.Host} is not known.", "Check Host, and the name servers of this machine.", stage),
        SocketError.ConnectionRefused => Unreachable($"{Server} refuses the connection: nothing listens there.", "Check Host and Port, and whether the server runs.", stage),
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown
            => Unreachable($"There is no way to {Server}.", "Check the network, the VPN and the firewall.", stage),
        SocketError.TimedOut when submission == SubmissionState.NotSubmitted => Unreachable($"{Server} does not answer.", "Check Host and Port, and the firewall.", stage),
        SocketError.AddressNotAvailable or SocketError.AccessDenied => Unreachable($"This machine may not connect to {Server}.", "Check Host and Port, and the rights of this process.", stage),
        _ => MakeProblem(SourceErrorCodes.ConnectionLost, stage, $"The connection to {Server} broke.", "Run it again; look at the network if it happens again.", isTransient: true),
    };

    private Problem NoTls(Stage stage) => Tls($"{Server} offers no TLS.", "Its operator has to turn it on (ssl = on); without TLS only a server on this machine is read, with SslMode Disable.", stage);

    private Problem TlsFailed(Stage stage) => Tls($"The TLS handshake with {Server} failed.", "Check that client and server have a TLS version in common (1.2 or later).", stage);

    private Problem Tls(string message, string hint, Stage stage) => MakeProblem(SourceErrorCodes.TransportSecurity, stage, message, hint);

    private Problem Unreachable(string message, string hint, Stage stage) => MakeProblem(SourceErrorCodes.Unreachable, stage, message, hint, isTransient: true);

    private string Fill(string template, string what) => Capitalized(template
        .Replace("{what}", what, StringComparison.Ordinal)
        .Replace("{server}", Server, StringComparison.Ordinal)
        .Replace("{role}", PostgresNames.Quote(options.User), StringComparison.Ordinal)
        .Replace("{database}", PostgresNames.Quote(options.Database), StringComparison.Ordinal));

    private static string Capitalized(string sentence) => sentence.Length > 0 && sentence.StartsWith("fragment", StringComparison.Ordinal) ? "F" + sentence[1..] : sentence;
}
