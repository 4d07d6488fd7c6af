using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>The settings of a Fabric source: a warehouse, or the SQL analytics endpoint of a lakehouse. Holds no secret.</summary>
public sealed record FabricOptions
{
    private static readonly SearchValues<char> NoName = SearchValues.Create(",;:=\\/ \t");

    /// <summary>The name of the server, for instance <c>abc.datawarehouse.fabric.microsoft.com</c>.</summary>
    public string Server { get; init; } = "";

    /// <summary>The port.</summary>
    public int Port { get; init; } = 1433;

    /// <summary>The warehouse or lakehouse, exactly as it is spelled.</summary>
    public string Database { get; init; } = "";

    /// <summary>The schema of tables that a model names without one.</summary>
    public string Schema { get; init; } = "dbo";

    /// <summary>How to log in.</summary>
    public FabricAuthentication Authentication { get; init; } = new FabricDefaultCredential();

    /// <summary>How the connection is protected.</summary>
    public FabricEncryption Encrypt { get; init; } = FabricEncryption.Strict;

    /// <summary>A PEM file with the very certificate that the server must show, instead of one of a trusted authority; or null.</summary>
    public string? ServerCertificate { get; init; }

    /// <summary>A driver that the user supplies, instead of TDS of our own; then its connection string says where to connect and how, and <see cref="Server"/>, <see cref="Port"/>, <see cref="Authentication"/>, <see cref="Encrypt"/> and <see cref="ServerCertificate"/> mean nothing.</summary>
    public DriverOptions? Driver { get; init; }

    /// <summary>The schema of the warehouse in which tables of keys may be made; null for none: then nothing but single SELECT statements is ever sent.</summary>
    public string? ScratchSchema { get; init; }

    /// <summary>How many statements may run at the server at once, over all runs of this process.</summary>
    public int MaxConcurrent { get; init; } = 4;

    /// <summary>The longest time of one statement, or null: then only the run's deadline limits it.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>How long opening a connection may take, the wait for an access token not included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The account as error messages name it.</summary>
    internal string Account => Driver is null ? Authentication.Account : "the account of the connection string";

    /// <summary>Whether the server is this machine.</summary>
    internal bool IsLoopback => string.Equals(Server, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Server, out var address) && IPAddress.IsLoopback(address));

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

        if (Driver is not null)
        {
            // Its connection string says where to.
        }
        else if (string.IsNullOrWhiteSpace(Server))
        {
            Add(nameof(Server), "The server is not named.", "Set Server to the name that the warehouse's settings show as SQL connection string.", "CFG004");
        }
        else if (Server.AsSpan().ContainsAny(NoName))
        {
            Add(nameof(Server), "Server is not one name.", "Name the server alone; the port is Port.");
        }

        if (Port is < 1 or > 65535)
        {
            Add(nameof(Port), "Port is not a port number.", "Use 1 to 65535; Fabric listens on 1433.");
        }

        if (string.IsNullOrWhiteSpace(Database))
        {
            Add(nameof(Database), "The warehouse is not named.", "Set Database to the warehouse or lakehouse, exactly as it is spelled.", "CFG004");
        }

        if (string.IsNullOrWhiteSpace(Schema))
        {
            Add(nameof(Schema), "Schema is empty.", "Name the schema of tables without one, or leave the option out for 'dbo'.");
        }

        if (Driver is null && Authentication is FabricPassword && !string.IsNullOrWhiteSpace(Server) && !IsLoopback)
        {
            Add(nameof(Authentication), "Fabric takes no passwords of SQL; they are for a local server.", "Use a service principal, a managed identity, or the default credential.");
        }

        if (!Enum.IsDefined(Encrypt))
        {
            Add(nameof(Encrypt), "Encrypt is not known.", "Use Strict or Mandatory.");
        }

        if (ServerCertificate is not null && !File.Exists(ServerCertificate))
        {
            Add(nameof(ServerCertificate), "The file of ServerCertificate is not there.", "Name a PEM file with the server's certificate.");
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

/// <summary>How a connection to Fabric is protected. There is no mode without TLS.</summary>
public enum FabricEncryption
{
    /// <summary>TDS 8.0: TLS from the first byte; the certificate is verified.</summary>
    Strict,

    /// <summary>TDS 7.4: TLS after the first messages; the certificate is verified.</summary>
    Mandatory,
}

/// <summary>How to log in. A closed hierarchy; secrets come from functions that are called whenever one is needed.</summary>
public abstract record FabricAuthentication
{
    private protected FabricAuthentication()
    {
    }

    /// <summary>The account as error messages name it.</summary>
    internal abstract string Account { get; }
}

/// <summary>An application registered in Entra ID, with a secret.</summary>
/// <param name="TenantId">The directory.</param>
/// <param name="ClientId">The application.</param>
/// <param name="Secret">Reads its secret.</param>
/// <param name="AuthorityHost">The Entra ID to ask, or null for the public one.</param>
public sealed record FabricServicePrincipal(string TenantId, string ClientId, Func<string> Secret, Uri? AuthorityHost = null) : FabricAuthentication
{
    internal override string Account => $"application {ClientId}";
}

/// <summary>The identity of the machine in Azure.</summary>
/// <param name="ClientId">The client id of a user-assigned identity, or null for the machine's own.</param>
public sealed record FabricManagedIdentity(string? ClientId = null) : FabricAuthentication
{
    internal override string Account => ClientId is null ? "the managed identity" : $"managed identity {ClientId}";
}

/// <summary>Whatever Azure.Identity finds: environment variables, a workload or managed identity, the Azure CLI.</summary>
public sealed record FabricDefaultCredential : FabricAuthentication
{
    internal override string Account => "the default credential";
}

/// <summary>An access token for <c>https://database.windows.net/</c> that somebody else fetched.</summary>
/// <param name="Token">Reads it.</param>
public sealed record FabricAccessToken(Func<string> Token) : FabricAuthentication
{
    internal override string Account => "the owner of the access token";
}

/// <summary>A login of SQL, for a local server only.</summary>
/// <param name="User">The login.</param>
/// <param name="Password">Reads its password.</param>
public sealed record FabricPassword(string User, Func<string> Password) : FabricAuthentication
{
    internal override string Account => $"login {FabricNames.Quote(User)}";
}
