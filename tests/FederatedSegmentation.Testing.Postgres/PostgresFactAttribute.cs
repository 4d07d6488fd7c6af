using Xunit;

namespace FederatedSegmentation.Testing.Postgres;

/// <summary>A test that needs a PostgreSQL server; where none is installed it is counted as not run, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    /// <summary>Looks whether a server is installed.</summary>
    public PostgresFactAttribute() => Skip = PostgresInstallation.WhyMissing;
}

/// <summary>A theory that needs a PostgreSQL server; where none is installed it is counted as not run, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks whether a server is installed.</summary>
    public PostgresTheoryAttribute() => Skip = PostgresInstallation.WhyMissing;
}
