using System.Net;

namespace FederatedSegmentation.Settings;

/// <summary>A Microsoft Fabric Warehouse, or the SQL analytics endpoint of a lakehouse.</summary>
/// <param name="Name">Its name.</param>
public sealed record FabricSourceOptions(string Name) : SourceOptions(Name, FabricKind)
{
    /// <summary>The kind as the settings spell it.</summary>
    public const string FabricKind = "fabric";

    /// <summary>The name of the server.</summary>
    public required string Server { get; init; }

    /// <summary>The port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>The warehouse or lakehouse, exactly as it is spelled.</summary>
    public required string Database { get; init; }

    /// <summary>The schema of tables that the model names without one.</summary>
    public required string Schema { get; init; }

    /// <summary>The schema in which the gateway may make tables of keys, or null: then it only reads.</summary>
    public string? ScratchSchema { get; init; }

    /// <summary>How to log in.</summary>
    public required FabricLogin Login { get; init; }

    /// <summary>Whether TLS stands before the first byte (TDS 8.0); elsewhere it begins after the first messages.</summary>
    public required bool IsStrict { get; init; }

    /// <summary>The absolute path of the very certificate that the server must show (PEM), or null for one of a trusted authority.</summary>
    public required string? ServerCertificate { get; init; }

    /// <summary>What the gateway may ask of the source.</summary>
    public required SourceLimits Limits { get; init; }

    /// <summary>Reads the section of a source.</summary>
    internal static FabricSourceOptions Read(string name, SettingsSection section)
    {
        var authentication = section.Section("Auth");
        var limits = section.Section("Limits");
        var options = new FabricSourceOptions(name)
        {
            Server = section.RequiredText("Server"),
            Port = section.Integer("Port", 1, 65535) ?? 1433,
            Database = section.RequiredText("Database"),
            Schema = section.Text("Schema") ?? "dbo",
            ScratchSchema = ScratchSchemaName.OfFabric(section),
            Login = FabricLogin.Read(authentication),
            IsStrict = section.Choice("Encrypt", ("Strict", true), ("Mandatory", false)),
            ServerCertificate = section.FilePath("ServerCertificate", null),
            Limits = new SourceLimits(limits.Integer("MaxConcurrent", 1, 64) ?? 4, limits.Time("StatementTimeout")),
        };
        authentication.Finish();
        limits.Finish();
        if (options.Login is FabricPasswordLogin && options.Server.Length > 0 && !IsLoopback(options.Server))
        {
            section.Reject(SettingsCodes.WrongValue, "Auth", "Fabric takes no logins of SQL; they are for a server on this machine.", "Use service_principal, managed_identity or default.");
        }

        return options;
    }

    private static bool IsLoopback(string host) => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>How to log in to Fabric. A closed hierarchy.</summary>
public abstract record FabricLogin
{
    private protected FabricLogin()
    {
    }

    private enum Kind
    {
        Default,
        ServicePrincipal,
        ManagedIdentity,
        Password,
    }

    /// <summary>Reads the section <c>Auth</c>.</summary>
    internal static FabricLogin Read(SettingsSection section)
    {
        var kind = section.RequiredText("Kind").Length > 0
            ? section.Choice("Kind", ("default", Kind.Default), ("service_principal", Kind.ServicePrincipal), ("managed_identity", Kind.ManagedIdentity), ("password", Kind.Password))
            : Kind.Default;
        return kind switch
        {
            Kind.ServicePrincipal => new FabricServicePrincipalLogin(section.RequiredText("TenantId"), section.RequiredText("ClientId"), section.RequiredSecret("ClientSecret")),
            Kind.ManagedIdentity => new FabricManagedIdentityLogin(section.Text("ClientId")),
            Kind.Password => new FabricPasswordLogin(section.RequiredText("User"), section.RequiredSecret("Password")),
            _ => new FabricDefaultLogin(),
        };
    }
}

/// <summary>Whatever credential the machine has: environment variables, an identity of Azure, the Azure CLI.</summary>
public sealed record FabricDefaultLogin : FabricLogin;

/// <summary>An application of Entra ID.</summary>
/// <param name="TenantId">The directory.</param>
/// <param name="ClientId">The application.</param>
/// <param name="ClientSecret">Where its secret is.</param>
public sealed record FabricServicePrincipalLogin(string TenantId, string ClientId, SecretReference ClientSecret) : FabricLogin;

/// <summary>The identity of the machine in Azure.</summary>
/// <param name="ClientId">The client id of a user-assigned identity, or null.</param>
public sealed record FabricManagedIdentityLogin(string? ClientId) : FabricLogin;

/// <summary>A login of SQL; only on loopback.</summary>
/// <param name="User">The login.</param>
/// <param name="Password">Where its password is.</param>
public sealed record FabricPasswordLogin(string User, SecretReference Password) : FabricLogin;
