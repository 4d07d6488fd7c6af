using System.Collections.Immutable;
using FederatedSegmentation.Testing.Postgres;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

/// <summary>The placing over files, PostgreSQL and all warehouses.</summary>
internal static class FederatedPlacing
{
    /// <summary>All databases; a further warehouse is one more line.</summary>
    private static readonly ImmutableArray<Func<CancellationToken, Task<RemoteDatabase>>> Databases =
    [
        PostgresRemote.CreateAsync,
        SnowflakeRemote.CreateAsync,
        BigQueryRemote.CreateAsync,
        DatabricksRemote.CreateAsync,
        FabricRemote.CreateAsync,
    ];

    /// <summary>Why it cannot be had here, or null.</summary>
    public static string? WhyMissing => PostgresInstallation.WhyMissing ?? NodeInstallation.WhyMissing;

    /// <summary>Whether Databricks takes part in the cases of a seed: a statement takes Spark a second, and the others some milliseconds.</summary>
    public static bool HasDatabricks(int seed) => seed % 4 == 0;

    /// <summary>The placing. Without a Spark, the local Databricks answers by a translation that refuses a part of the dialect: then it takes no part, and the output says so.</summary>
    public static async Task<Placing> OpenAsync(ITestOutputHelper output, CancellationToken cancellationToken)
    {
        var engine = ((DatabricksRemote)await DatabricksRemote.CreateAsync(cancellationToken)).Engine;
        if (engine == "DuckDB")
        {
            output.WriteLine("NOT RUN: Databricks in the federated cases: there is no Apache Spark. Set SPARK_HOME and install Java 17.");
        }

        return Placing.Federated(
            "federated", engine == "DuckDB" ? Databases.Remove(DatabricksRemote.CreateAsync) : Databases, (seed, database) => database is not DatabricksRemote || HasDatabricks(seed));
    }
}

/// <summary>A test that needs PostgreSQL and the local servers of warehouses; where one is missing it is counted as not run, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FederatedFactAttribute : FactAttribute
{
    public FederatedFactAttribute() => Skip = FederatedPlacing.WhyMissing;
}

/// <summary>A theory that needs PostgreSQL and the local servers of warehouses; where one is missing it is counted as not run, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FederatedTheoryAttribute : TheoryAttribute
{
    public FederatedTheoryAttribute() => Skip = FederatedPlacing.WhyMissing;
}
