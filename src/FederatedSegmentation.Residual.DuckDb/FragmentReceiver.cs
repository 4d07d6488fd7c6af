using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.DuckDb.Ingestion;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Dialects.DuckDb;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>
/// Makes a fragment's batches readable for statements of the engine. They stay as they were received while there is room for that, under a view of the
/// fragment's name; else they are streamed into a table. Columns whose stored type differs from the declared one are cast once, on the way into a table;
/// values that do not fit are counted while the rows pass, and end the run when the last row is in.
/// </summary>
internal sealed class FragmentReceiver(DuckDbInstance instance, InFlightBudget budget, KeptFragments kept, bool showsValues)
{
    private const int MostValues = 3;

    /// <summary>Receives all batches.</summary>
    public async Task ReceiveAsync(
        QueryFragment fragment, CompiledFragment compiled, ArrowSchema schema, IAsyncEnumerable<RecordBatch> batches, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (compiled.Columns.Any(column => !NaturalStorage.IsNatural(column.Storage, column.Type)))
        {
            await StreamAsync(fragment, compiled, schema, batches, stop, cancellationToken).ConfigureAwait(false);
            return;
        }

        using var received = new ReceivedBatches(schema, kept);
        var rest = batches.GetAsyncEnumerator(stop.Token);
        await using (rest.ConfigureAwait(false))
        {
            while (await rest.MoveNextAsync().ConfigureAwait(false))
            {
                if (!received.TryAdd(rest.Current))
                {
                    await StreamAsync(fragment, compiled, schema, ThenAsync(received, rest.Current, rest), stop, cancellationToken).ConfigureAwait(false);
                    return;
                }
            }
        }

        if (received.AreCrumbs)
        {
            await StreamAsync(fragment, compiled, schema, ThenAsync(received, null, null), stop, cancellationToken).ConfigureAwait(false);
            return;
        }

        var connection = instance.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await connection.ExecuteAsync(Create("VIEW", compiled, schema, received.Keep(instance)), cancellationToken).ConfigureAwait(false);
            }
            catch (DuckDbException failure)
            {
                throw EngineErrors.Typed(failure);
            }
        }
    }

    // What is held already, and then what is still to come; each batch is owned by the reader once it is yielded.
    private static async IAsyncEnumerable<RecordBatch> ThenAsync(ReceivedBatches received, RecordBatch? next, IAsyncEnumerator<RecordBatch>? rest)
    {
        try
        {
            while (received.TryTakeFirst(out var batch))
            {
                yield return batch;
            }

            if (next is { } current)
            {
                next = null;
                yield return current;
            }
        }
        finally
        {
            next?.Dispose();
        }

        while (rest is not null && await rest.MoveNextAsync().ConfigureAwait(false))
        {
            yield return rest.Current;
        }
    }

    private async Task StreamAsync(
        QueryFragment fragment, CompiledFragment compiled, ArrowSchema schema, IAsyncEnumerable<RecordBatch> batches, CancellationTokenSource stop, CancellationToken cancellationToken)
    {
        using var queue = new FragmentQueue(schema, budget);
        using var registration = instance.RegisterFragment(queue.ToSource(fragment.Estimate.Rows));
        var connection = instance.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            var feeding = FeedAsync(queue, batches, stop.Token);
            try
            {
                await connection.ExecuteAsync(Create("TABLE", compiled, schema, registration.TableExpression), cancellationToken).ConfigureAwait(false);
            }
            catch (DuckDbException failure)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw EngineErrors.Typed(failure);
            }
            catch
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            await feeding.ConfigureAwait(false);
            await CheckMisfitsAsync(connection, fragment, compiled, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task FeedAsync(FragmentQueue queue, IAsyncEnumerable<RecordBatch> batches, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (!await queue.WriteAsync(batch, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }

            queue.Complete();
        }
        catch (Exception failure)
        {
            // The statement that reads the queue ends with it, and its caller sees it.
            queue.Fault(failure);
            throw;
        }
    }

    private static string Create(string kind, CompiledFragment compiled, ArrowSchema schema, string source)
    {
        var names = ResidualCompiler.ColumnNames(compiled.Columns.Length);
        var selected = compiled.Columns.SelectMany((column, i) =>
        {
            var arrived = DuckDbDialect.Instance.QuoteIdentifier(schema.Fields[i].Name);
            if (NaturalStorage.IsNatural(column.Storage, column.Type))
            {
                // Whoever reads the table counts on all of an int64.
                var isNarrow = column.Storage is StoredInteger && schema.Fields[i].Type is IntegerType { BitWidth: < 64 };
                return new[] { $"{(isNarrow ? $"CAST({arrived} AS BIGINT)" : arrived)} AS {names[i]}" };
            }

            var misfit = EngineConversion.DoesNotFit(arrived, column.Storage, column.Type);
            return [$"{EngineConversion.OrNull(arrived, column.Storage, column.Type)} AS {names[i]}", $"CASE WHEN {misfit} THEN CAST({arrived} AS VARCHAR) END AS {Misfit(i)}"];
        });
        return $"CREATE {kind} {ResidualCompiler.TableName(compiled.Fragment)} AS SELECT {string.Join(", ", selected)} FROM {source}";
    }

    private async Task CheckMisfitsAsync(DuckDbConnection connection, QueryFragment fragment, CompiledFragment compiled, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var (column, i) in compiled.Columns.Select((column, i) => (column, i)).Where(item => !NaturalStorage.IsNatural(item.column.Storage, item.column.Type)))
        {
            var misfits = $"FROM {ResidualCompiler.TableName(compiled.Fragment)} WHERE {Misfit(i)} IS NOT NULL";
            var count = await connection.QueryInt64Async($"SELECT count(*) {misfits}", cancellationToken).ConfigureAwait(false);
            if (count > 0)
            {
                var values = showsValues ? await connection.QueryTextsAsync($"SELECT {Misfit(i)} {misfits} LIMIT {MostValues}", cancellationToken).ConfigureAwait(false) : [];
                problems.Add(MisfitProblem.Of(fragment.Source, EntityOf(fragment.Plan, column), column.Name, column.Type, count, values));
            }
        }

        if (problems.Count > 0)
        {
            throw new FederatedSegmentationException(problems.ToImmutable());
        }
    }

    private static string Misfit(int column) => FormattableString.Invariant($"misfit{column}");

    private static string EntityOf(LogicalPlan plan, PlanColumn column) => plan switch
    {
        ScanPlan scan => scan.Entity.Name,
        FilterPlan filter => EntityOf(filter.Input, column),
        ProjectPlan project => EntityOf(project.Input, column),
        LookupPlan lookup => EntityOf(lookup.Added.Any(added => added.Id == column.Id) ? lookup.Build : lookup.Input, column),
        AggregatePlan aggregate => EntityOf(aggregate.Input, column),
        DistinctPlan distinct => EntityOf(distinct.Input, column),
        PairPlan pair => EntityOf(pair.Left.Columns.Any(left => left.Id == column.Id) ? pair.Left : pair.Right, column),
        SharedPlan shared => EntityOf(shared.Shared, column),
        DedupePlan dedupe => EntityOf(dedupe.Input, column),
        SetPlan set => EntityOf(set.Inputs[0], column),
        KeyListPlan or KeyFilePlan or ResultPlan => "key",
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, "Unknown plan."),
    };
}
