using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using FederatedSegmentation.DuckDb.Functions;
using FederatedSegmentation.DuckDb.Ingestion;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb;

/// <summary>
/// One in-memory database with its limits, as one run uses it. Extensions are neither installed nor loaded by themselves, secrets are not read from
/// disk, and every session is in UTC. Members may be called from any thread.
/// </summary>
public sealed class DuckDbInstance : IAsyncDisposable
{
    private readonly DatabaseHandle _database;
    private readonly ConnectionHandle _internal;
    private readonly ConcurrentDictionary<ulong, DuckDbConnection> _connections = new();
    private readonly Lock _lock = new();
    private bool _locked;
    private int _disposed;

    private DuckDbInstance(DatabaseHandle database, ConnectionHandle connection)
    {
        _database = database;
        _internal = connection;
        Fragments = new FragmentCatalog(this);
    }

    /// <summary>The connection for conversions and registrations; no statement of a caller runs on it.</summary>
    internal ConnectionHandle Internal => _internal;

    internal FragmentCatalog Fragments { get; }

    /// <summary>Opens a database.</summary>
    /// <param name="options">Its limits.</param>
    /// <exception cref="DuckDbException">The library is missing or of another version, or an option is refused.</exception>
    public static DuckDbInstance Open(DuckDbOptions options)
    {
        DuckDbLibrary.Require();
        var database = OpenDatabase(options);
        try
        {
            var connection = Connect(database);
            try
            {
                var instance = new DuckDbInstance(database, connection);

                // Not an option of opening: the time zones' part is loaded after that.
                Run(connection, "SET GLOBAL TimeZone = 'UTC'");
                if (options.MaxTempBytes is { } bytes)
                {
                    // As an option of opening it is shown but not obeyed.
                    Run(connection, string.Create(CultureInfo.InvariantCulture, $"SET max_temp_directory_size = '{bytes}B'"));
                }

                FragmentFunction.Register(instance);
                return instance;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection; dispose of it, or leave that to the instance.</summary>
    /// <param name="reportsProgress">Whether <see cref="DuckDbConnection.Progress"/> is asked for, which costs a statement now and a little at each later one.</param>
    /// <exception cref="ObjectDisposedException">The instance is disposed of.</exception>
    public DuckDbConnection CreateConnection(bool reportsProgress = false)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var handle = Connect(_database);
        lock (_lock)
        {
            if (reportsProgress && !_locked)
            {
                // Progress is a setting of the session, so a connection that is made after the lock-down has none.
                Run(handle, "SET enable_progress_bar_print = false; SET enable_progress_bar = true; SET progress_bar_time = 0");
            }
        }

        NativeMethods.duckdb_connection_get_client_context(handle, out var context);
        var id = NativeMethods.duckdb_client_context_get_connection_id(context);
        NativeMethods.duckdb_destroy_client_context(ref context);
        var connection = new DuckDbConnection(this, handle, id);
        _connections[id] = connection;
        return connection;
    }

    /// <summary>Turns steps of DuckDB's optimizer off, on all connections. Before the lock-down only.</summary>
    /// <param name="steps">DuckDB's names of them, separated by commas.</param>
    /// <exception cref="DuckDbException">DuckDB knows no such step, or is locked down.</exception>
    public void DisableOptimizers(string steps)
    {
        lock (_lock)
        {
            Run(_internal, $"SET GLOBAL disabled_optimizers = '{steps.Replace("'", "''", StringComparison.Ordinal)}'");
        }
    }

    /// <summary>Sets the bytes that the engine may hold before it spills. Before the lock-down only.</summary>
    /// <param name="bytes">The limit.</param>
    /// <exception cref="DuckDbException">DuckDB is locked down.</exception>
    public void LimitMemory(long bytes)
    {
        lock (_lock)
        {
            Run(_internal, string.Create(CultureInfo.InvariantCulture, $"SET GLOBAL memory_limit = '{bytes}B'"));
        }
    }

    /// <summary>Names folders that stay open to statements after the lock-down; none where this is not called. Before the lock-down only.</summary>
    /// <param name="folders">Folders that statements may read (and, to DuckDB, write) with everything below them.</param>
    /// <exception cref="DuckDbException">DuckDB is locked down.</exception>
    public void AllowFolders(IEnumerable<string> folders)
    {
        lock (_lock)
        {
            Run(_internal, $"SET allowed_directories = {List(folders)}");
        }
    }

    /// <summary>Names single files that stay open to statements after the lock-down, instead of those that were named before. Before the lock-down only.</summary>
    /// <param name="files">Files that statements may read and write.</param>
    /// <exception cref="DuckDbException">DuckDB is locked down.</exception>
    public void AllowFiles(IEnumerable<string> files)
    {
        lock (_lock)
        {
            Run(_internal, $"SET allowed_paths = {List(files)}");
        }
    }

    /// <summary>
    /// Closes the instance to the outside, for good: from now on statements reach only files of <see cref="AllowFolders"/> and <see cref="AllowFiles"/>, no
    /// extension can be loaded, and no setting can be changed on any connection. Spilling goes on.
    /// </summary>
    /// <exception cref="DuckDbException">DuckDB refused, for instance because it is locked already.</exception>
    public void LockDown()
    {
        lock (_lock)
        {
            Run(_internal, "SET enable_external_access = false; SET lock_configuration = true");
            _locked = true;
        }
    }

    /// <summary>Offers a stream of batches to statements. A fragment can be read once, by one statement, with <see cref="FragmentRegistration.TableExpression"/>.</summary>
    /// <param name="source">Where the batches come from.</param>
    /// <returns>The registration; dispose of it when the statement is over.</returns>
    public FragmentRegistration RegisterFragment(FragmentSource source) => Fragments.Register(source);

    /// <summary>Offers batches that are in memory to statements, as often as they like, with <see cref="FragmentRegistration.TableExpression"/>.</summary>
    /// <param name="kept">The batches; nothing may be added any more, and they have to stay until the instance is disposed of.</param>
    /// <returns>The registration; dispose of it when no statement needs it any more.</returns>
    public FragmentRegistration RegisterFragment(KeptBatches kept) => Fragments.Register(kept);

    /// <summary>Makes a function for all connections that computes whole vectors. Register before the first statement that uses it.</summary>
    /// <param name="function">Name, types and code.</param>
    /// <exception cref="DuckDbException">The name is taken, or a type is not possible.</exception>
    public void RegisterScalarFunction(ScalarFunction function) => ScalarFunctionBinding.Register(_internal, function);

    /// <summary>Cancels and closes all connections, and frees the database with all its tables and temporary files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        _internal.Dispose();
        _database.Dispose();
    }

    internal DuckDbConnection? Find(ulong connectionId) => _connections.GetValueOrDefault(connectionId);

    internal void Forget(DuckDbConnection connection) => _connections.TryRemove(connection.Id, out _);

    private static DatabaseHandle OpenDatabase(DuckDbOptions options)
    {
        NativeMethods.duckdb_create_config(out var config);
        try
        {
            Set("autoinstall_known_extensions", "false");
            Set("autoload_known_extensions", "false");
            Set("allow_community_extensions", "false");
            Set("allow_persistent_secrets", "false");
            Set("temp_directory", options.TempDirectory ?? string.Empty);
            SetBytes("memory_limit", options.MemoryLimitBytes);
            if (!options.KeepsOrder)
            {
                Set("preserve_insertion_order", "false");
            }

            if (options.Threads is { } threads)
            {
                Set("threads", threads.ToString(CultureInfo.InvariantCulture));
            }

            var state = NativeMethods.duckdb_open_ext(":memory:", out var database, config, out var error);
            if (state != NativeMethods.Success)
            {
                var message = Marshal.PtrToStringUTF8(error);
                NativeMethods.duckdb_free(error);
                database.Dispose();
                throw DuckDbErrors.Create(0, message);
            }

            return database;
        }
        finally
        {
            NativeMethods.duckdb_destroy_config(ref config);
        }

        void Set(string name, string value)
        {
            if (NativeMethods.duckdb_set_config(config, name, value) != NativeMethods.Success)
            {
                throw new DuckDbException(DuckDbErrorKind.Configuration, $"DuckDB refuses the setting {name}.");
            }
        }

        void SetBytes(string name, long? bytes)
        {
            if (bytes is { } value)
            {
                Set(name, string.Create(CultureInfo.InvariantCulture, $"{value}B"));
            }
        }
    }

    private static ConnectionHandle Connect(DatabaseHandle database) =>
        NativeMethods.duckdb_connect(database, out var connection) == NativeMethods.Success
            ? connection
            : throw new DuckDbException(DuckDbErrorKind.Other, "DuckDB refused a connection.");

    private static string List(IEnumerable<string> values) =>
        $"[{string.Join(", ", values.Select(value => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'"))}]";

    private static void Run(ConnectionHandle connection, string sql)
    {
        var state = NativeMethods.duckdb_query(connection, sql, out var result);
        try
        {
            DuckDbConnection.ThrowIfFailed(state, ref result);
        }
        finally
        {
            NativeMethods.duckdb_destroy_result(ref result);
        }
    }
}
