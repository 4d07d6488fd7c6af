using FederatedSegmentation.Model.Errors;
using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres.Catalog;

/// <summary>Runs queries on the catalogues in one read-only transaction, whose settings are pinned and whose time is limited.</summary>
internal sealed class CatalogReader(PostgresConnections connections, PostgresErrors errors, TimeProvider clock)
{
    /// <summary>Runs the queries in one round trip and hands each result to its reader.</summary>
    /// <param name="stage">For errors.</param>
    /// <param name="what">What is done, for errors: <c>the description of its tables</c>.</param>
    /// <param name="cancellationToken">Cancels at the server.</param>
    /// <param name="queries">Text, text-array parameters, and what to do with each row.</param>
    internal async Task ReadAsync(Stage stage, string what, CancellationToken cancellationToken, params (string Sql, string[][] Parameters, Action<NpgsqlDataReader> Row)[] queries)
    {
        try
        {
            var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = connection.ConfigureAwait(false);
            var batch = new NpgsqlBatch(connection);
            await using var disposing = batch.ConfigureAwait(false);
            foreach (var statement in SessionSettings.Begin(null, SessionSettings.CatalogTime, "fedseg catalog", "pg_catalog"))
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            }

            foreach (var (sql, parameters, _) in queries)
            {
                var command = new NpgsqlBatchCommand(sql);
                foreach (var values in parameters)
                {
                    command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = values });
                }

                batch.BatchCommands.Add(command);
            }

            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                // The first result is that of the settings.
                foreach (var (_, _, row) in queries)
                {
                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        row(reader);
                    }
                }
            }

            await SessionSettings.EndAsync(connection, clock).ConfigureAwait(false);
        }
        catch (PostgresException late) when (late.SqlState == SqlStateTable.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            throw errors.Make(
                SourceErrorCodes.Busy,
                stage,
                $"The source needs more than {SessionSettings.CatalogTime.TotalSeconds:0} seconds for {what}.",
                "Look at its load and at locks on its catalogues, and run it again.",
                isTransient: true,
                state: late.SqlState);
        }
        catch (Exception foreign) when (PostgresErrors.IsForeign(foreign))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw errors.Of(foreign, stage, SubmissionState.Submitted, what);
        }
    }
}
