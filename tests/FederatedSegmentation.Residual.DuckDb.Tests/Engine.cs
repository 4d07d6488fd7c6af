using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Residual.DuckDb.Tests;

/// <summary>The embedded engine in a folder of its own, and short ways to feed it.</summary>
internal sealed class Engine : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fedseg-residual-");

    public string Folder => _folder.FullName;

    public string Spill => Directory.CreateDirectory(Path.Combine(Folder, "spill")).FullName;

    public DuckDbEngineOptions Options => new(256 << 20, Threads: 2, Spill, 1L << 30, 8 << 20, KeepsSpare: false);

    /// <summary>A column of what a source sends.</summary>
    public static (PlanColumn Column, ArrowType Arrives) Sent(int id, string name, DataType type, StorageType storage, ArrowType arrives) => (new PlanColumn(id, name, type, storage), arrives);

    public static (PlanColumn Column, ArrowType Arrives) Number(int id, string name) => Sent(id, name, DataTypes.Int64, new StoredInteger(), ArrowType.Int64);

    /// <summary>A fragment that is fetched, with its schema.</summary>
    public static (QueryFragment Fragment, CompiledFragment Compiled, ArrowSchema Schema) Fragment(string id, params (PlanColumn Column, ArrowType Arrives)[] columns)
    {
        var entity = new Entity
        {
            Name = "thing",
            Source = "ops",
            Table = ["thing"],
            Columns = [.. columns.Select(column => new Column { Name = column.Column.Name, Type = column.Column.Type, SourceName = column.Column.Name })],
            Key = [],
        };
        var plan = new ScanPlan(entity, entity.Columns, [.. columns.Select(column => column.Column)]);
        return (
            new QueryFragment(id, "ops", plan, RunsInEngine: false, new PlanEstimate(null, null)),
            new CompiledFragment(id, "ops", "fake", "SELECT", plan.Columns),
            new ArrowSchema(columns.Select((column, i) => new ArrowField($"c{i}", column.Arrives))));
    }

    public static RecordBatch Batch(ArrowSchema schema, int rows, Action<RecordBatchBuilder, int> append)
    {
        using var builder = new RecordBatchBuilder(schema);
        for (var row = 0; row < rows; row++)
        {
            append(builder, row);
        }

        return builder.Build();
    }

    public async Task<IResidualRun> StartAsync(
        DuckDbEngineOptions? options = null, ResidualRunOptions? run = null, IZoneRules? zones = null, string? readableFolder = null, string? writableFile = null)
    {
        await using var engine = new DuckDbResidualEngine(options ?? Options, zones ?? new FixedZones());
        await using var prepared = engine.Prepare("run1", readableFolder is null ? [] : [readableFolder], writableFile);
        prepared.LockDown(run ?? new ResidualRunOptions([], ShowsValues: false));
        return await prepared.StartAsync(CancellationToken.None);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Every clock is an hour ahead of UTC, in all zones.</summary>
    private sealed class FixedZones : IZoneRules
    {
        private const long Hour = 3_600_000_000;

        public Func<long, long> ToWallClock(string zone) => instant => instant + Hour;

        public Func<long, long> ConvertWallClock(string from, string to) => clock => clock - Hour;
    }
}

/// <summary>Statements by hand.</summary>
internal static class Statements
{
    public static ResidualStatements Of(string members, params (string Name, string Sql)[] stages)
        => new([.. stages.Select(stage => new StageStatement(stage.Name, stage.Sql))], members, []);

    public static async Task<List<string>> TextsAsync(this IResidualRun run, ResidualStatements statements)
    {
        var texts = new List<string>();
        await foreach (var batch in run.MembersAsync(statements, CancellationToken.None))
        {
            using (batch)
            {
                texts.AddRange(Enumerable.Range(0, batch.RowCount).Select(batch.Columns[0].GetString));
            }
        }

        return texts;
    }
}
