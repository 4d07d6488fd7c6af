using System.Collections.Immutable;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Residual;
using FederatedSegmentation.Residual.DuckDb;
using FederatedSegmentation.Running;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Takes a fragment's result into the engine as a run does.</summary>
internal static class EngineTransfer
{
    /// <summary>How far a result goes.</summary>
    internal enum Into
    {
        /// <summary>Each batch is checked and thrown away.</summary>
        Nothing,

        /// <summary>Every value of every row was in a vector of the engine: a statement counts them.</summary>
        Engine,

        /// <summary>The engine has worked with every value: a statement hashes each row.</summary>
        Hash,

        /// <summary>The last row is in a table of the engine, where a result goes that is greater than the memory for received ones.</summary>
        Table,
    }

    /// <summary>The milliseconds from the end of the source's statement. No value is NULL.</summary>
    internal static async Task<double> MeasureAsync(IRemoteSource connector, CompiledFragment compiled, long rows, Into into, CancellationToken cancellationToken)
    {
        var options = new DuckDbEngineOptions(BenchmarkOptions.MemoryLimitBytes, null, null, 1L << 30, InFlightBytes: 256 << 20, KeepsSpare: false);
        await using var engine = new DuckDbResidualEngine(into == Into.Table ? options with { KeptBytes = 0 } : options, new PinnedZoneRules());
        await using var prepared = engine.Prepare("bench", [], writableFile: null);
        prepared.LockDown(new ResidualRunOptions([], ShowsValues: false));
        await using var run = await prepared.StartAsync(cancellationToken);
        await using var session = await connector.OpenSessionAsync(new SourceRun("bench", TimeSpan.FromMinutes(5)), cancellationToken);
        await using var statement = await session.SubmitAsync(compiled, cancellationToken);
        var columns = compiled.Columns;
        var entity = new Entity
        {
            Name = "canned",
            Source = "src",
            Table = ["canned"],
            Columns = [.. columns.Select(column => new Column { Name = column.Name, Type = column.Type, SourceName = column.Name })],
            Key = [],
        };
        var fragment = new QueryFragment(compiled.Fragment, "src", new ScanPlan(entity, entity.Columns, columns), RunsInEngine: false, new PlanEstimate(rows, null));
        var (received, read) = (0L, (long?)0);
        var time = await Figures.TimeAsync(async () =>
        {
            if (into == Into.Nothing)
            {
                await foreach (var batch in statement.FetchAsync(cancellationToken))
                {
                    received += batch.RowCount;
                    batch.Dispose();
                }

                return;
            }

            await run.ReceiveAsync(fragment, compiled, statement.Schema, statement.FetchAsync(cancellationToken), cancellationToken);
            var names = Enumerable.Range(0, columns.Length).Select(i => FormattableString.Invariant($"c{i}"));
            if (into == Into.Engine)
            {
                var values = await run.QueryNumberAsync($"SELECT {string.Join(" + ", names.Select(name => $"count({name})"))} FROM \"{compiled.Fragment}\"", cancellationToken);
                read = values % columns.Length == 0 ? values / columns.Length : null;
            }
            else if (into == Into.Hash)
            {
                read = await run.QueryNumberAsync($"SELECT count(hash({string.Join(", ", names)})) FROM \"{compiled.Fragment}\"", cancellationToken);
            }
        });
        var arrived = into switch { Into.Nothing => received, Into.Engine or Into.Hash => read, _ => await run.QueryNumberAsync($"SELECT count(*) FROM \"{compiled.Fragment}\"", cancellationToken) };
        return arrived == rows ? time : throw new InvalidOperationException($"{arrived} rows arrived, not {rows}.");
    }
}
