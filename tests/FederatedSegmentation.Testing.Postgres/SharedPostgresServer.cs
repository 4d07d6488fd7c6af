namespace FederatedSegmentation.Testing.Postgres;

/// <summary>The one server of a test process, started when the first test asks for it and stopped when the process ends.</summary>
public static class SharedPostgresServer
{
    private static readonly Lazy<Task<PostgresStart>> Start = new(() => PostgresServer.StartAsync(new PostgresServerOptions(), CancellationToken.None));

    /// <summary>The server, or that none is installed.</summary>
    public static Task<PostgresStart> GetAsync() => Start.Value;

    /// <summary>An empty database of the shared server.</summary>
    /// <exception cref="InvalidOperationException">No PostgreSQL is installed: the test is not marked as one that needs it.</exception>
    public static async Task<PostgresDatabase> CreateDatabaseAsync(CancellationToken cancellationToken) => await GetAsync() switch
    {
        PostgresStart.Running running => await running.Server.CreateDatabaseAsync(null, cancellationToken),
        PostgresStart.NotInstalled missing => throw new InvalidOperationException(missing.Reason + " Mark the test with [PostgresFact]."),
        _ => throw new InvalidOperationException("Unknown outcome."),
    };
}
