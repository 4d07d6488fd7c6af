using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>
/// Starts a COPY so that it can be cancelled from its first moment on. The server answers when its first buffer is full, which may be at the statement's end;
/// cancelled before, the driver would only hang up, and the server would work on for nobody.
/// </summary>
internal static class StartingCopy
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Begins the COPY. When it is cancelled, the statement has ended at the server, or the server had ten seconds to end it.</summary>
    internal static async Task<NpgsqlRawCopyStream> BeginAsync(NpgsqlConnection connection, string copy, PostgresStatementContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var process = connection.ProcessID;
        using var abandon = new CancellationTokenSource();
        var starting = connection.BeginRawBinaryCopyAsync(copy, abandon.Token);
        try
        {
            return await starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var timer = context.Clock.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), abandon, Patience, Timeout.InfiniteTimeSpan);
            await using (timer.ConfigureAwait(false))
            {
                try
                {
                    await CancelAsync(process, context, abandon.Token).ConfigureAwait(false);
                    var stream = await starting.ConfigureAwait(false);
                    await stream.CancelAsync().ConfigureAwait(false);
                    await stream.DisposeAsync().ConfigureAwait(false);
                }
                catch (Exception ended) when (PostgresErrors.IsForeign(ended) || ended is OperationCanceledException)
                {
                    // Cancelled, as asked; or the network is gone, and nothing can be asked any more.
                }
            }

            await ((Task)starting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    // Any role may cancel its own statements.
    private static async Task CancelAsync(int process, PostgresStatementContext context, CancellationToken cancellationToken)
    {
        var messenger = await context.Connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (messenger.ConfigureAwait(false))
        {
            var cancel = new NpgsqlCommand("SELECT pg_catalog.pg_cancel_backend($1)", messenger) { Parameters = { new NpgsqlParameter<int> { TypedValue = process } } };
            await using (cancel.ConfigureAwait(false))
            {
                await cancel.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
