using System.Data;
using System.Globalization;
using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>How every transaction begins: read-only, repeatable read, with all that could change an answer pinned.</summary>
/// <remarks>
/// All settings are local to the transaction: they work through a pooler, and nothing is left in a pooled connection. <c>READ ONLY</c> is said with the
/// transaction for the same reason; every statement of ours runs inside one.
/// </remarks>
internal static class SessionSettings
{
    /// <summary>The time that a query on the catalogues may take.</summary>
    internal static readonly TimeSpan CatalogTime = TimeSpan.FromSeconds(60);

    // Waiting longer than this for a table means that somebody rewrites it.
    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(30);

    // Giving back must not hold up the end of a run whose network is gone.
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(10);

    // The holder of a snapshot is idle for as long as the run lasts; the server ends it soon after, should this process have vanished unnoticed.
    private static readonly TimeSpan IdleMargin = TimeSpan.FromSeconds(60);

    /// <summary>The statements that begin a transaction.</summary>
    /// <param name="snapshot">The exported snapshot to read, or null for one of its own.</param>
    /// <param name="time">The time for each statement, and for the transaction to be idle.</param>
    /// <param name="applicationName">What the server's operator sees.</param>
    /// <param name="schema">The schema of names without one.</param>
    internal static IEnumerable<string> Begin(string? snapshot, TimeSpan time, string applicationName, string schema)
    {
        yield return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        if (snapshot is not null)
        {
            yield return $"SET TRANSACTION SNAPSHOT {Literal(snapshot)}";
        }

        var limit = Milliseconds(time);
        yield return "SET LOCAL standard_conforming_strings = on";
        yield return $"""
            SELECT pg_catalog.set_config(s.name, s.value, true) FROM (VALUES
            ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'iso_8601'), ('bytea_output', 'hex'), ('extra_float_digits', '1'),
            ('transform_null_equals', 'off'), ('xmloption', 'content'), ('lc_monetary', 'C'), ('lc_numeric', 'C'), ('lc_time', 'C'),
            ('search_path', {Literal($"pg_catalog, {PostgresNames.Quote(schema)}, pg_temp")}),
            ('statement_timeout', '{limit}'),
            ('lock_timeout', '{Math.Min(limit, Milliseconds(LockTime))}'),
            ('idle_in_transaction_session_timeout', '{Milliseconds(time + IdleMargin)}'),
            ('application_name', {Literal(ApplicationName(applicationName))})) AS s(name, value)
            """;
    }

    /// <summary>Ends a transaction and gives its snapshot and locks back. Where the connection is broken, the server does it.</summary>
    internal static async Task EndAsync(NpgsqlConnection connection, TimeProvider clock)
    {
        if (connection.FullState != ConnectionState.Open)
        {
            return;
        }

        using var limit = new CancellationTokenSource(EndTime, clock);
        var rollback = new NpgsqlCommand("ROLLBACK", connection);
        await using var disposing = rollback.ConfigureAwait(false);
        try
        {
            await rollback.ExecuteNonQueryAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception broken) when (PostgresErrors.IsForeign(broken) || broken is OperationCanceledException)
        {
            // The connection is gone, or is thrown away now, and its transaction with it: nothing is left to give back.
        }
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Clamp(time.TotalMilliseconds, 1, int.MaxValue);

    // The server keeps 63 bytes of printable ASCII.
    private static string ApplicationName(string name) => new([.. name.Where(character => character is > '\x1F' and < '\x7F' and not '\\').Take(63)]);

    private static string Literal(string text) => string.Create(CultureInfo.InvariantCulture, $"'{text.Replace("'", "''", StringComparison.Ordinal)}'");
}
