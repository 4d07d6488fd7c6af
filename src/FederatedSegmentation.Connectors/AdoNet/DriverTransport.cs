using System.Data.Common;
using System.Globalization;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>A source's road through a driver that the user supplies: connections, small queries on the catalogue, and sessions. Safe for concurrent use.</summary>
/// <remarks>Nothing of the driver's words or of the connection string reaches an error, a log or a report.</remarks>
public sealed class DriverTransport : IAsyncDisposable
{
    // The time that a query on the catalogue may take.
    private static readonly TimeSpan CatalogTime = TimeSpan.FromSeconds(60);

    private readonly DriverOptions _options;
    private readonly DriverVendor _vendor;
    private readonly Lazy<LoadedDriver> _driver;
    private readonly SemaphoreSlim _slots;
    private readonly TimeSpan? _statementTimeout;
    private readonly TimeProvider _clock;

    /// <summary>Sets it up; nothing is loaded or connected yet. Whatever needs the driver ends with CFG006 or CFG013 where it cannot be loaded.</summary>
    /// <param name="source">The source's name in the settings.</param>
    /// <param name="options">Which driver.</param>
    /// <param name="vendor">What the vendor's source needs of it.</param>
    /// <param name="maxConcurrent">How many statements of runs may run at once.</param>
    /// <param name="statementTimeout">The longest time of one statement, or null: then only the run's deadline limits it.</param>
    /// <param name="clock">The clock of deadlines.</param>
    public DriverTransport(string source, DriverOptions options, DriverVendor vendor, int maxConcurrent, TimeSpan? statementTimeout, TimeProvider clock)
    {
        _options = options;
        _vendor = vendor;
        // A failure is not kept: the folder may be filled meanwhile.
        _driver = new Lazy<LoadedDriver>(
            () =>
            {
                var driver = LoadedDriver.Load(source, options);
                vendor.Prepare(driver.Factory);
                return driver;
            },
            LazyThreadSafetyMode.PublicationOnly);
        _slots = new SemaphoreSlim(maxConcurrent);
        _statementTimeout = statementTimeout;
        _clock = clock;
        Errors = new DriverErrors(source, options, vendor);
    }

    /// <summary>How failures are told.</summary>
    public DriverErrors Errors { get; }

    /// <summary>The first step of a connection test: the driver is loaded, and which it is.</summary>
    public ConnectionCheck Check()
    {
        try
        {
            return new ConnectionCheck("Driver", CheckOutcome.Passed, $"{_options.Name} {_driver.Value.Version} is loaded.");
        }
        catch (FederatedSegmentationException unusable)
        {
            return new ConnectionCheck("Driver", CheckOutcome.Failed, $"{unusable.Problems[0].Message} {unusable.Problems[0].Hint}");
        }
    }

    /// <summary>Runs small queries on one connection and hands each row to its reader.</summary>
    /// <param name="stage">The stage that errors name.</param>
    /// <param name="what">What is read, to be read inside a sentence.</param>
    /// <param name="cancellationToken">Cancels them at the source.</param>
    /// <param name="queries">Text, and what to do with each row.</param>
    public async Task ReadAsync(Stage stage, string what, CancellationToken cancellationToken, params (string Sql, Action<DbDataReader> Row)[] queries)
    {
        using var timer = new StatementTimer(CatalogTime, _clock, cancellationToken);
        var name = new DriverStatementName("catalog", "catalog", CatalogTime);
        var submission = SubmissionState.NotSubmitted;
        DbConnection? opened = null;
        try
        {
            var connection = opened = await OpenAsync(name, timer).ConfigureAwait(false);
            submission = SubmissionState.Submitted;
            foreach (var (sql, row) in queries)
            {
                await timer.OrAbandonAsync(Task.Run(() => ReadAsync(connection, sql, row, timer), CancellationToken.None)).ConfigureAwait(false);
            }
        }
        catch (Exception thrown) when (DriverErrors.IsForeign(thrown))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw timer.IsOver
                ? Errors.Common.Make(
                    SourceErrorCodes.Busy, stage, $"The source needs more than {CatalogTime.TotalSeconds:0} seconds for {what}.", "Look at its load, and run it again.", isTransient: true, inner: new DriverFailure(thrown))
                : Errors.Of(thrown, stage, submission, what);
        }
        finally
        {
            if (opened is not null)
            {
                await LeaveAsync(opened, timer.IsAbandoned).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The rows of a small query as text; numbers and times in their invariant form.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="stage">The stage that errors name.</param>
    /// <param name="what">What is read, to be read inside a sentence.</param>
    /// <param name="cancellationToken">Cancels it at the source.</param>
    /// <returns>The names of the columns, which are none where there are no rows, and the rows.</returns>
    public async Task<(string[] Names, List<string?[]> Rows)> ReadTextAsync(string sql, Stage stage, string what, CancellationToken cancellationToken)
    {
        string[] names = [];
        var rows = new List<string?[]>();
        await ReadAsync(stage, what, cancellationToken, (sql, reader =>
        {
            if (rows.Count == 0)
            {
                names = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
            }

            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))]);
        })).ConfigureAwait(false);
        return (names, rows);
    }

    /// <summary>The statements of a run. Each has a connection of its own and sees what is committed when it starts.</summary>
    /// <param name="run">The run.</param>
    public ISourceSession OpenSession(SourceRun run) => new DriverSession(this, run, _clock);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        // Connections are the driver's: it keeps them in its pool, or closed them already.
        _slots.Dispose();
        return ValueTask.CompletedTask;
    }

    internal SemaphoreSlim Slots => _slots;

    internal TimeSpan? StatementTimeout => _statementTimeout;

    internal string Mark(string sql, DriverStatementName name) => _vendor.Mark(sql, name);

    /// <summary>Opens a connection and pins its session; the caller gives it back by <see cref="LeaveAsync"/>.</summary>
    internal async Task<DbConnection> OpenAsync(DriverStatementName name, StatementTimer timer)
    {
        // Drivers open connections on the thread that asks.
        var opening = Task.Run(() => ConnectAsync(name, timer.Token), CancellationToken.None);
        try
        {
            return await timer.OrAbandonAsync(opening).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!opening.IsCompleted)
        {
            // Whenever it comes, nobody waits for it any more.
            _ = opening.ContinueWith(
                static late => late.IsCompletedSuccessfully ? LeaveAsync(late.GetAwaiter().GetResult(), isAbandoned: true).AsTask() : Task.FromResult(late.Exception),
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>Gives a connection back; what a driver throws then says nothing of a statement that has ended.</summary>
    internal static async ValueTask LeaveAsync(DbConnection connection, bool isAbandoned)
    {
        try
        {
            await StatementTimer.LeaveAsync(connection, isAbandoned).ConfigureAwait(false);
        }
        catch (Exception thrown) when (DriverErrors.IsForeign(thrown))
        {
            // A connection that does not close is the driver's to lose.
        }
    }

    /// <summary>A command on a connection with the time that is left.</summary>
    internal static DbCommand CommandOf(DbConnection connection, string sql, TimeSpan time)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        // A moment longer than our own clock, which knows whose limit it is.
        command.CommandTimeout = (int)Math.Clamp(Math.Ceiling(time.TotalSeconds) + 5, 1, int.MaxValue);
        return command;
    }

    private static async Task ReadAsync(DbConnection connection, string sql, Action<DbDataReader> row, StatementTimer timer)
    {
        var command = CommandOf(connection, sql, CatalogTime);
        await using var disposing = command.ConfigureAwait(false);
        using var cancelling = timer.Token.UnsafeRegister(Cancel, command);
        var reader = await command.ExecuteReaderAsync(timer.Token).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(timer.Token).ConfigureAwait(false))
        {
            row(reader);
        }
    }

    /// <summary>Cancels a command on a thread of its own: drivers do it on the thread that asks.</summary>
    internal static void Cancel(object? command) => ThreadPool.UnsafeQueueUserWorkItem(
        static running =>
        {
            try
            {
                running.Cancel();
            }
            catch (Exception thrown) when (DriverErrors.IsForeign(thrown))
            {
                // It has ended already, or the driver cannot; then it has its patience, and is given up.
            }
        },
        (DbCommand)command!,
        preferLocal: false);

    private async Task<DbConnection> ConnectAsync(DriverStatementName name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var text = _options.ConnectionString();
        var connection = _driver.Value.Factory.CreateConnection() ?? throw LoadedDriver.Wrong(
            Errors.Source, SourceErrorCodes.DriverUnusable, "Driver:Factory", $"{_options.Name} makes no connections.", "Name the factory of a driver for databases.");
        try
        {
            try
            {
                connection.ConnectionString = text;
            }
            catch (Exception wrong) when (DriverErrors.IsForeign(wrong))
            {
                throw Errors.WrongConnectionString(wrong);
            }

            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ArgumentException wrong)
            {
                // Some drivers look at it only now.
                throw Errors.WrongConnectionString(wrong);
            }

            foreach (var pin in _vendor.Pins(name))
            {
                var command = CommandOf(connection, pin, name.Time);
                await using var disposing = command.ConfigureAwait(false);
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            return connection;
        }
        catch
        {
            await LeaveAsync(connection, isAbandoned: false).ConfigureAwait(false);
            throw;
        }
    }
}
