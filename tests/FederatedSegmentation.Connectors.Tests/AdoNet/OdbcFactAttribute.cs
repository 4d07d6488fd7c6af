using System.Diagnostics;

namespace FederatedSegmentation.Connectors.Tests.AdoNet;

/// <summary>A test that needs unixODBC with PostgreSQL's driver, and PostgreSQL; where one is missing it is counted as not run, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OdbcFactAttribute : FactAttribute
{
    /// <summary>The driver's name in the manager's list.</summary>
    public const string Driver = "PostgreSQL Unicode";

    /// <summary>Looks whether the driver is listed.</summary>
    public OdbcFactAttribute() => Skip = Testing.Postgres.PostgresInstallation.WhyMissing ?? WhyNoDriver();

    private static string? WhyNoDriver()
    {
        const string Lists = "/etc/odbcinst.ini";
        return File.Exists(Lists) && File.ReadAllText(Lists).Contains($"[{Driver}]", StringComparison.Ordinal)
            ? null
            : $"unixODBC lists no driver '{Driver}' in {Lists}: install the packages unixodbc and odbc-postgresql.";
    }
}
