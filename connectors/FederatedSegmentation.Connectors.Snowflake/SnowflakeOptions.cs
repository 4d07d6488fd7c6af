using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Snowflake;

/// <summary>The settings of a Snowflake source. Holds no secret.</summary>
public sealed record SnowflakeOptions
{
    /// <summary>The address of the account, <c>https://ORGANISATION-ACCOUNT.snowflakecomputing.com</c>, or of what stands before it.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The account identifier in signed tokens, or null for the first part of the endpoint's host.</summary>
    public string? Account { get; init; }

    /// <summary>How requests are authorised.</summary>
    public SnowflakeAuthentication Authentication { get; init; } = SnowflakeAuthentication.KeyPair;

    /// <summary>The login name; needed for a key pair, where it is part of the token.</summary>
    public string? User { get; init; }

    /// <summary>The role of every statement, spelled as <c>SHOW ROLES</c> prints it; null for the user's default role.</summary>
    public string? Role { get; init; }

    /// <summary>The warehouse of every statement, spelled as <c>SHOW WAREHOUSES</c> prints it; null for the user's default warehouse.</summary>
    public string? Warehouse { get; init; }

    /// <summary>The database of tables that a model names without one.</summary>
    public string Database { get; init; } = "";

    /// <summary>The schema of tables that a model names without one.</summary>
    public string Schema { get; init; } = "PUBLIC";

    /// <summary>An HTTP proxy, or null for none.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>A PEM file with authorities that are trusted beside those of the machine, or null.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>A driver that the user supplies, instead of the SQL API; then its connection string says where to connect, how, and with which role and warehouse.</summary>
    public DriverOptions? Driver { get; init; }

    /// <summary>The schema of the database in which tables of keys may be made; null for none: then nothing but single SELECT statements is ever sent.</summary>
    public string? ScratchSchema { get; init; }

    /// <summary>How many statements may run at once, over all runs of this process.</summary>
    public int MaxConcurrent { get; init; } = 4;

    /// <summary>The longest time of one statement, or null: then only the run's deadline limits it. Snowflake counts whole seconds.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>How many bytes of results may be in flight at once, over all statements.</summary>
    public long InFlightBytes { get; init; } = 256L << 20;

    /// <summary>How many partitions of one result are fetched at once.</summary>
    public int ParallelPartitions { get; init; } = 4;

    /// <summary>How long the source may be silent.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The account in signed tokens: without region and cloud, upper case.</summary>
    internal string TokenAccount
    {
        get
        {
            var account = Account ?? Endpoint!.Host;
            // Of a global account what follows the first hyphen is no part of it either.
            var cut = account.IndexOf(account.Contains(".global", StringComparison.OrdinalIgnoreCase) ? '-' : '.', StringComparison.Ordinal);
            return (cut > 0 ? account[..cut] : account).ToUpperInvariant();
        }
    }

    /// <summary>The transport for these settings.</summary>
    internal HttpTransportOptions Transport => new()
    {
        Endpoint = Endpoint,
        Proxy = Proxy,
        RootCertificate = RootCertificate,
        SilenceTimeout = SilenceTimeout,
        MaxConnections = Math.Clamp(MaxConcurrent * (ParallelPartitions + 1), 1, 256),
    };

    /// <summary>Every problem of the settings, with the option's path relative to the source as pointer.</summary>
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

        if (Driver is null)
        {
            problems.AddRange(Transport.Validate(source));
        }

        if (Account is not null && (Account.Length == 0 || !Account.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')))
        {
            Add(nameof(Account), "Account is not an account identifier.", "Write ORGANISATION-ACCOUNT, without https:// and without snowflakecomputing.com.");
        }
        else if (Authentication == SnowflakeAuthentication.KeyPair && Account is null && Endpoint is { IsAbsoluteUri: true, HostNameType: not UriHostNameType.Dns })
        {
            Add(nameof(Account), "The endpoint's host does not name the account, which signed tokens need.", "Set Account to ORGANISATION-ACCOUNT.", "CFG004");
        }

        if (!Enum.IsDefined(Authentication))
        {
            Add("Auth/Kind", "The kind of authentication is not known.", "Use KeyPair, OAuth or ProgrammaticAccessToken.");
        }
        else if (Driver is null && Authentication == SnowflakeAuthentication.KeyPair && string.IsNullOrWhiteSpace(User))
        {
            Add("Auth/User", "The user is not named.", "Set Auth:User to the login name that has the public key.");
        }

        if (string.IsNullOrWhiteSpace(Database))
        {
            Add(nameof(Database), "The database is not named.", "Set Database, spelled as SHOW DATABASES prints it.", "CFG004");
        }

        if (string.IsNullOrWhiteSpace(Schema))
        {
            Add(nameof(Schema), "Schema is empty.", "Name the schema of tables without one, or leave the option out for 'PUBLIC'.");
        }

        foreach (var (option, name) in new[] { (nameof(Role), Role), (nameof(Warehouse), Warehouse) })
        {
            if (name is not null && string.IsNullOrWhiteSpace(name))
            {
                Add(option, $"{option} is empty.", "Name it, or leave the option out for the user's default.");
            }
        }

        if (MaxConcurrent is < 1 or > 64)
        {
            Add(nameof(MaxConcurrent), "MaxConcurrent is out of range.", "Use 1 to 64.");
        }

        if (StatementTimeout is { } time && (time < TimeSpan.FromSeconds(1) || time > TimeSpan.FromDays(7)))
        {
            Add(nameof(StatementTimeout), "StatementTimeout is out of range.", "Use one second to seven days, or leave it out for none but the run's deadline.");
        }

        if (InFlightBytes < 1 << 20)
        {
            Add(nameof(InFlightBytes), "InFlightBytes is less than a result needs.", "Use 1MB or more.");
        }

        if (ParallelPartitions is < 1 or > 32)
        {
            Add(nameof(ParallelPartitions), "ParallelPartitions is out of range.", "Use 1 to 32.");
        }

        return problems.ToImmutable();
    }
}

/// <summary>How requests to Snowflake are authorised.</summary>
public enum SnowflakeAuthentication
{
    /// <summary>A JSON Web Token that the user's private key signs.</summary>
    KeyPair,

    /// <summary>An access token of Snowflake OAuth or External OAuth.</summary>
    OAuth,

    /// <summary>A programmatic access token.</summary>
    ProgrammaticAccessToken,
}

/// <summary>Fetches the secrets of a source, whenever they are needed; they are kept nowhere else.</summary>
/// <param name="Secret">The private key in PEM, or the token.</param>
/// <param name="Passphrase">The passphrase of an encrypted private key, or null.</param>
public sealed record SnowflakeSecrets(Func<CancellationToken, ValueTask<string>> Secret, Func<CancellationToken, ValueTask<string>>? Passphrase = null);
