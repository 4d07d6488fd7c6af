using System.Data.Common;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Errors;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric.Catalog;

/// <summary>Runs queries on the catalogue views. Safe for concurrent use.</summary>
internal interface ICatalogReader
{
    /// <summary>Runs the queries on one connection and hands each row to its reader.</summary>
    /// <param name="stage">For errors.</param>
    /// <param name="what">What is done, for errors: <c>the description of its tables</c>.</param>
    /// <param name="cancellationToken">Cancels at the server.</param>
    /// <param name="queries">Text, and what to do with each row.</param>
    Task ReadAsync(Stage stage, string what, CancellationToken cancellationToken, params (string Sql, Action<DbDataReader> Row)[] queries);
}

/// <summary>The catalogue through a driver that the user supplies.</summary>
internal sealed class DriverCatalogReader(DriverTransport transport) : ICatalogReader
{
    /// <inheritdoc />
    public Task ReadAsync(Stage stage, string what, CancellationToken cancellationToken, params (string Sql, Action<DbDataReader> Row)[] queries)
        => transport.ReadAsync(stage, what, cancellationToken, queries);
}

/// <summary>Runs queries on the catalogue views, whose time is limited.</summary>
/// <remarks>Values are written into the statements by the dialect: the driver's parameters need an assembly that is not shipped.</remarks>
internal sealed class CatalogReader(FabricConnections connections, FabricErrors errors, TimeProvider clock) : ICatalogReader
{
    /// <summary>The time that the queries may take.</summary>
    private static readonly TimeSpan CatalogTime = TimeSpan.FromSeconds(60);

    /// <inheritdoc />
    public async Task ReadAsync(Stage stage, string what, CancellationToken cancellationToken, params (string Sql, Action<DbDataReader> Row)[] queries)
    {
        using var timer = new StatementTimer(CatalogTime, clock, cancellationToken);
        var submission = SubmissionState.NotSubmitted;
        SqlConnection? opened = null;
        try
        {
            var connection = await timer.OrAbandonAsync(connections.OpenAsync(timer.Token).AsTask()).ConfigureAwait(false);
            opened = connection;
            submission = SubmissionState.Submitted;
            foreach (var (sql, row) in queries)
            {
                var command = new SqlCommand(sql, connection) { CommandTimeout = 0 };
                await using var disposing = command.ConfigureAwait(false);
                var reader = await timer.OrAbandonAsync(command.ExecuteReaderAsync(timer.Token)).ConfigureAwait(false);
                while (await timer.OrAbandonAsync(reader.ReadAsync(timer.Token)).ConfigureAwait(false))
                {
                    row(reader);
                }

                await reader.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception foreign) when (FabricErrors.IsForeign(foreign) || foreign is OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw timer.IsOver
                ? errors.Make(
                    SourceErrorCodes.Busy,
                    stage,
                    $"The source needs more than {CatalogTime.TotalSeconds:0} seconds for {what}.",
                    "Look at its load, and run it again.",
                    isTransient: true)
                : errors.Of(foreign, stage, submission, what);
        }
        finally
        {
            if (opened is not null)
            {
                await StatementTimer.LeaveAsync(opened, timer.IsAbandoned).ConfigureAwait(false);
            }
        }
    }
}
