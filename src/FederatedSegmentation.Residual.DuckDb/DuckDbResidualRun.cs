using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.DuckDb.Ingestion;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Dialects.DuckDb;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>One run of the embedded engine. Its statements follow each other on one connection.</summary>
internal sealed class DuckDbResidualRun(OpenedInstance opened, string? writableFile, long inFlightBytes, long keptBytes, bool showsValues, Action whenEnded) : IResidualRun
{
    private readonly InFlightBudget _budget = new(inFlightBytes);
    private readonly KeptFragments _kept = new(keptBytes);
    private DuckDbConnection Connection => opened.Connection;
    private bool _isStaged;

    /// <inheritdoc />
    public Task ReceiveAsync(
        QueryFragment fragment, CompiledFragment compiled, ArrowSchema schema, IAsyncEnumerable<RecordBatch> batches, CancellationToken cancellationToken)
        => new FragmentReceiver(opened.Instance, _budget, _kept, showsValues).ReceiveAsync(fragment, compiled, schema, batches, cancellationToken);

    /// <inheritdoc />
    public async Task<TravellingKeys?> KeysAsync(KeyStatement statement, CancellationToken cancellationToken)
    {
        // Other fragments may arrive or ask for keys at the same time.
        var connection = opened.Instance.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            return await Guarded(() => KeyReader.ReadAsync(connection, statement, cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async Task<long> CountAsync(ResidualStatements statements, CancellationToken cancellationToken)
    {
        await StageAsync(statements, cancellationToken).ConfigureAwait(false);
        return await QueryNumberAsync($"SELECT count(*) FROM ({statements.Members})", cancellationToken).ConfigureAwait(false) ?? 0;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<RecordBatch> MembersAsync(ResidualStatements statements, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await StageAsync(statements, cancellationToken).ConfigureAwait(false);
        var reader = await Guarded(() => Connection.QueryAsync(statements.Members, cancellationToken)).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await Guarded(() => reader.ReadAsync(cancellationToken)).ConfigureAwait(false) is { } batch)
            {
                yield return batch;
            }
        }
    }

    /// <inheritdoc />
    public async Task<long> WriteParquetAsync(ResidualStatements statements, CancellationToken cancellationToken)
    {
        await StageAsync(statements, cancellationToken).ConfigureAwait(false);
        var path = LiteralText.Quote(writableFile ?? throw new InvalidOperationException("The run has no file to write."));
        // In Parquet an instant says that it is one.
        var instants = string.Join(", ", statements.Instants.Select(DuckDbDialect.Instance.QuoteIdentifier).Select(name => $"CAST({name} AS TIMESTAMPTZ) AS {name}"));
        var members = instants.Length == 0 ? statements.Members : $"SELECT * REPLACE ({instants}) FROM ({statements.Members})";
        try
        {
            return await ExecuteAsync($"COPY ({members}) TO {path} (FORMAT parquet, USE_TMP_FILE false)", cancellationToken).ConfigureAwait(false);
        }
        catch (EngineFailure failure) when (failure.InnerException!.Message.Contains(writableFile, StringComparison.Ordinal))
        {
            throw new EngineFailure(failure.InnerException, misfit: null) { ConcernsOutput = true };
        }
    }

    /// <inheritdoc />
    public Task<long?> QueryNumberAsync(string sql, CancellationToken cancellationToken) => Guarded(() => Connection.QueryInt64Async(sql, cancellationToken));

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> QueryTextsAsync(string sql, CancellationToken cancellationToken) => Guarded(() => Connection.QueryTextsAsync(sql, cancellationToken));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await opened.DisposeAsync().ConfigureAwait(false);
        _kept.Dispose();
        whenEnded();
    }

    private async Task StageAsync(ResidualStatements statements, CancellationToken cancellationToken)
    {
        if (_isStaged)
        {
            return;
        }

        foreach (var stage in statements.Stages)
        {
            await ExecuteAsync($"CREATE TABLE {ResidualCompiler.TableName(stage.Name)} AS {stage.Sql}", cancellationToken).ConfigureAwait(false);
        }

        _isStaged = true;
    }

    private Task<long> ExecuteAsync(string sql, CancellationToken cancellationToken) => Guarded(() => Connection.ExecuteAsync(sql, cancellationToken));

    private static async Task<T> Guarded<T>(Func<Task<T>> statement)
    {
        try
        {
            return await statement().ConfigureAwait(false);
        }
        catch (DuckDbException failure)
        {
            throw EngineErrors.Typed(failure);
        }
    }
}
