using FederatedSegmentation.Testing.Postgres;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>A test of shell commands over a PostgreSQL server; not run where there is no server, no bash or no psql.</summary>
internal sealed class FactWithPsqlAttribute : FactAttribute
{
    public FactWithPsqlAttribute()
        => Skip = PostgresInstallation.WhyMissing ?? new FactWhereBashAttribute().Skip ?? (OnPath("psql") ? null : "not run: there is no psql (Debian: apt-get install postgresql-client).");

    private static bool OnPath(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
