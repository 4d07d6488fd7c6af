using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Hands out column ids and scans for one plan. Not safe for concurrent use.</summary>
internal sealed class PlanScope(IReadOnlyDictionary<Entity, StoredTable> tables)
{
    private int _nextColumn;
    private readonly Dictionary<object, SharedPlan> _once = [];
    private int _nextShared;

    /// <summary>A fresh column.</summary>
    public PlanColumn Column(string name, DataType type, StorageType storage) => new(_nextColumn++, name, type, storage);

    /// <summary>A fresh column that carries the values of another.</summary>
    public PlanColumn Copy(PlanColumn column) => column with { Id = _nextColumn++ };

    /// <summary>Fresh columns that carry the values of others.</summary>
    public ImmutableArray<PlanColumn> Copies(IEnumerable<PlanColumn> columns) => [.. columns.Select(Copy)];

    /// <summary>A name for a relation that is used more than once.</summary>
    public string SharedName(string stem) => $"{stem}_{++_nextShared}";

    /// <summary>A relation that is computed once in a run for everything that asks for it by the same identity; fresh columns each time.</summary>
    public SharedPlan SharedOnce(object identity, string stem, Func<LogicalPlan> build)
    {
        if (!_once.TryGetValue(identity, out var shared))
        {
            var plan = build();
            shared = new SharedPlan(SharedName(stem), plan, plan.Columns);
            _once.Add(identity, shared);
        }

        return shared with { Columns = Copies(shared.Columns) };
    }

    /// <summary>Whether no two rows that <see cref="Scan"/> yields have the same key.</summary>
    public bool HasUniqueRows(Entity entity) => entity.Dedupe is not null || tables[entity].HasUniqueKey;

    /// <summary>All rows of an entity with all its columns (pruned later), deduped where the model says so, and the frame of such a row.</summary>
    public (LogicalPlan Plan, Frame Frame) Scan(Entity entity)
    {
        var stored = tables[entity];
        var columns = entity.Columns.Select(column => Column(column.Name, column.Type, stored.Columns[column.Name])).ToImmutableArray();
        var frame = new Frame();
        for (var i = 0; i < columns.Length; i++)
        {
            frame.Add(entity.Columns[i], columns[i]);
        }

        LogicalPlan plan = new ScanPlan(entity, entity.Columns, columns);
        if (entity.Dedupe is { } order)
        {
            var orders = order.Select(sort => new PlanOrder(frame.Own(sort.Column), sort.Descending))
                .Concat(columns.Select(column => new PlanOrder(column, Descending: false)));
            plan = new DedupePlan(plan, [.. entity.Key.Select(frame.Own)], [.. orders]);
        }

        return (plan, frame);
    }
}

/// <summary>The values of one row in scope, by path and column. The row's own columns have the empty path.</summary>
internal sealed class Frame
{
    private readonly Dictionary<(string Path, Column Column), PlanExpression> _values = [];

    /// <summary>Adds one of the row's own columns.</summary>
    public void Add(Column column, PlanColumn value) => Add(string.Empty, column, new ColumnExpression(value));

    /// <summary>Adds a value that was looked up over a path, or carried from an enclosing row.</summary>
    public void Add(string path, Column column, PlanExpression value) => _values.Add((path, column), value);

    /// <summary>The value, or null where it is not in scope yet.</summary>
    public PlanExpression? Find(string path, Column column) => _values.GetValueOrDefault((path, column));

    /// <summary>One of the row's own columns.</summary>
    public PlanColumn Own(Column column) => ((ColumnExpression)_values[(string.Empty, column)]).Column;
}

/// <summary>A relation under construction and the rows that are in scope in it: the current row first, then the enclosing ones.</summary>
internal sealed class RowContext(LogicalPlan plan, ImmutableArray<Frame> frames)
{
    /// <summary>The relation; look-ups add columns to it.</summary>
    public LogicalPlan Plan { get; set; } = plan;

    /// <summary>The frames, by the number of frames up.</summary>
    public ImmutableArray<Frame> Frames { get; } = frames;

    /// <summary>The current row.</summary>
    public Frame Current => Frames[0];
}
