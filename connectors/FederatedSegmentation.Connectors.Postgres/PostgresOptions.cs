using System.Collections.Immutable;
using System.Net;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>The settings of a PostgreSQL source (version 12 or later). Holds no secret.</summary>
public sealed record PostgresOptions
{
    /// <summary>Name or address of the server, or an absolute folder of Unix sockets.</summary>
    public string Host { get; init; } = "";

    /// <summary>The port.</summary>
    public int Port { get; init; } = 5432;

    /// <summary>The database.</summary>
    public string Database { get; init; } = "";

    /// <summary>The role that logs in. Its password is not among the settings: the connector asks for it when it connects.</summary>
    public string User { get; init; } = "";

    /// <summary>How the connection is protected. No TLS, and TLS without a verified certificate, are for loopback only.</summary>
    public PostgresSslMode SslMode { get; init; } = PostgresSslMode.VerifyFull;

    /// <summary>A PEM file with the certificates of the authorities that are trusted instead of the machine's, or null.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>The schema of tables that a model names without one.</summary>
    public string Schema { get; init; } = "public";

    /// <summary>How many statements may run at the server at once, over all runs of this process.</summary>
    public int MaxConcurrent { get; init; } = 4;

    /// <summary>The longest time of one statement, or null: then only the run's deadline limits it.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>How long opening a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether the server is this machine.</summary>
    internal bool IsLoopback => Host.StartsWith('/')
        || string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Every problem of the settings, with the option's path relative to the source, as pointer.</summary>
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

        if (string.IsNullOrWhiteSpace(Host))
        {
            Add(nameof(Host), "The server is not named.", "Set Host to its name or address.", "CFG004");
        }
        else if (Host.Contains(',', StringComparison.Ordinal) || Host.Any(char.IsWhiteSpace))
        {
            Add(nameof(Host), "Host is not one name or address.", "Name exactly one server.");
        }

        if (Port is < 1 or > 65535)
        {
            Add(nameof(Port), "Port is not a port number.", "Use 1 to 65535; PostgreSQL listens on 5432 by default.");
        }

        if (string.IsNullOrWhiteSpace(Database))
        {
            Add(nameof(Database), "The database is not named.", "Set Database.", "CFG004");
        }

        if (string.IsNullOrWhiteSpace(User))
        {
            Add(nameof(User), "The role is not named.", "Set Auth:User to a role that may read the tables.");
        }

        if (string.IsNullOrWhiteSpace(Schema))
        {
            Add(nameof(Schema), "Schema is empty.", "Name the schema of tables without one, or leave the option out for 'public'.");
        }

        if (!Enum.IsDefined(SslMode))
        {
            Add(nameof(SslMode), "SslMode is not known.", "Use VerifyFull, VerifyCA, Require or Disable.");
        }
        else if (SslMode is PostgresSslMode.Disable or PostgresSslMode.Require && !string.IsNullOrWhiteSpace(Host) && !IsLoopback)
        {
            Add(
                nameof(SslMode),
                $"SslMode {SslMode} would send customers' data over the network {(SslMode == PostgresSslMode.Disable ? "in clear" : "to a server that is not verified")}; it is for loopback only.",
                "Use VerifyFull, with RootCertificate where the server's authority is not a public one.",
                "CFG009");
        }

        if (RootCertificate is not null && !File.Exists(RootCertificate))
        {
            Add(nameof(RootCertificate), "The file of RootCertificate is not there.", "Name a PEM file with the authority's certificate.");
        }

        if (MaxConcurrent is < 1 or > 64)
        {
            Add(nameof(MaxConcurrent), "MaxConcurrent is out of range.", "Use 1 to 64.");
        }

        if (StatementTimeout is { } time && time < TimeSpan.FromMilliseconds(1))
        {
            Add(nameof(StatementTimeout), "StatementTimeout is not a time that a statement could need.", "Leave it out for none but the run's deadline.");
        }

        if (ConnectTimeout < TimeSpan.FromSeconds(1) || ConnectTimeout > TimeSpan.FromMinutes(10))
        {
            Add(nameof(ConnectTimeout), "ConnectTimeout is out of range.", "Use one second to ten minutes.");
        }

        return problems.ToImmutable();
    }
}

/// <summary>How a connection to PostgreSQL is protected.</summary>
public enum PostgresSslMode
{
    /// <summary>TLS; the certificate is from a trusted authority and names the host.</summary>
    VerifyFull,

    /// <summary>TLS; the certificate is from a trusted authority, whatever name it has.</summary>
    VerifyCA,

    /// <summary>TLS with any certificate. Loopback only.</summary>
    Require,

    /// <summary>No TLS. Loopback only.</summary>
    Disable,
}
