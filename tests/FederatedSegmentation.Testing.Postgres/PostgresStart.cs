namespace FederatedSegmentation.Testing.Postgres;

/// <summary>What came of starting a server. A closed hierarchy.</summary>
public abstract record PostgresStart
{
    private PostgresStart()
    {
    }

    /// <summary>The server runs.</summary>
    public sealed record Running(PostgresServer Server) : PostgresStart;

    /// <summary>No PostgreSQL is installed on this machine.</summary>
    /// <param name="Reason">A sentence for the test report.</param>
    public sealed record NotInstalled(string Reason) : PostgresStart;
}

/// <summary>How a test server is set up.</summary>
/// <param name="Tls">Whether it offers TLS, with a certificate for <c>localhost</c> from an authority of its own.</param>
/// <param name="Settings">More lines of <c>postgresql.conf</c>.</param>
public sealed record PostgresServerOptions(bool Tls = false, params string[] Settings);
