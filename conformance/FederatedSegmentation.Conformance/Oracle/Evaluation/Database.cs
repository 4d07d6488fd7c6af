using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Evaluation;

/// <summary>One stored row; two rows of equal values are still two rows.</summary>
internal sealed class Row(Entity entity, IReadOnlyList<Value> values)
{
    public Entity Entity { get; } = entity;

    public Value this[Column column] => values[column.Ordinal];

    public IReadOnlyList<Value> Values => values;

    public IEnumerable<Value> Key => Entity.Key.Select(column => this[column]);

    /// <summary>A text that rows of equal keys share; NULL parts equal each other.</summary>
    public string KeyText => field ??= ValueOrder.MatchText(Key);
}

/// <summary>The rows of every entity after its dedupe, and how rows lead to rows.</summary>
internal sealed class Database
{
    private readonly Dictionary<string, IReadOnlyList<Row>> _rows = [];
    private readonly Dictionary<Step, Dictionary<string, List<Row>>> _index = [];
    private readonly Dictionary<(Row, Step), IReadOnlyList<Row>> _matches = [];

    public Database(ModelSchema model, IReadOnlyDictionary<string, OracleTable> tables, Findings findings)
    {
        foreach (var entity in model.Entities.Values)
        {
            var rows = Load(entity, tables[entity.Name]);
            _rows.Add(entity.Name, entity.Dedupe is null ? rows : Deduplicate(entity, rows, findings));
        }
    }

    public IReadOnlyList<Row> Rows(Entity entity) => _rows[entity.Name];

    /// <summary>The stored rows at the end of some chain of matching rows, each once.</summary>
    public IReadOnlyList<Row> Related(Row start, EntityPath path)
    {
        IReadOnlyList<Row> current = [start];
        foreach (var step in path.Steps)
        {
            current = current.Count == 1 ? Next(current[0], step) : current.SelectMany(row => Next(row, step)).Distinct().ToList();
        }

        return current;
    }

    /// <summary>The value at the end of a to-one path, NULL if no row is there; nothing, and a data error, if several are.</summary>
    public Value? ReadOne(Row start, FieldPath field, string what, Findings findings)
    {
        var rows = Related(start, field.Path);
        if (rows.Count > 1)
        {
            findings.AddDataError($"A path of {what} leads to several rows.");
            return null;
        }

        if (HasBrokenStep(start, field.Path))
        {
            findings.AddDataError($"A path of {what} leads to one row, but over several.");
        }

        return rows.Count == 0 ? Value.Null : rows[0][field.Column];
    }

    /// <summary>Whether a to-one promise is broken on the way from a row: some step leads from one row to several.</summary>
    public bool HasBrokenStep(Row start, EntityPath path)
    {
        IEnumerable<Row> current = [start];
        foreach (var step in path.Steps)
        {
            var next = current.Select(row => Matches(row, step)).ToList();
            if (next.Any(rows => rows.Count > 1))
            {
                return true;
            }

            current = next.SelectMany(rows => rows);
        }

        return false;
    }

    /// <summary>Whether rows are equal in order, column by column, and yet not the same to a test for NULL: one has a NaN where the other has a NULL.</summary>
    public static bool DifferOnlyInNullAndNaN(Row left, Row right) =>
        ValueOrder.CompareKeys(left.Values, right.Values) == 0 && left.Values.Zip(right.Values).Any(pair => pair.First.IsNull != pair.Second.IsNull);

    private IReadOnlyList<Row> Next(Row row, Step step) => step.Depth is { } depth ? Reached(row, step, depth) : Matches(row, step);

    /// <summary>
    /// The stored rows of all keys that at most <paramref name="depth"/> steps lead to, and of the row's own key. A level leads from every stored row of a key.
    /// </summary>
    private IReadOnlyList<Row> Reached(Row row, Step step, int depth)
    {
        if (_matches.TryGetValue((row, step), out var known))
        {
            return known;
        }

        var all = Rows(step.Target);
        var reached = new HashSet<string> { row.KeyText };
        var level = reached.ToHashSet();
        for (var i = 0; i < depth && level.Count > 0; i++)
        {
            level = all.Where(candidate => level.Contains(candidate.KeyText))
                .SelectMany(candidate => Matches(candidate, step.Once))
                .Select(next => next.KeyText)
                .Where(reached.Add)
                .ToHashSet();
        }

        var rows = all.Where(candidate => reached.Contains(candidate.KeyText)).ToList();
        _matches.Add((row, step), rows);
        return rows;
    }

    private IReadOnlyList<Row> Matches(Row row, Step step)
    {
        if (_matches.TryGetValue((row, step), out var known))
        {
            return known;
        }

        if (!_index.TryGetValue(step, out var index))
        {
            _index.Add(step, index = IndexTargets(step));
        }

        var values = step.SourceColumns.Select(column => row[column]).ToList();
        IReadOnlyList<Row> matches = !values.Any(value => value.IsNullOrNaN) && index.TryGetValue(ValueOrder.MatchText(values), out var found) ? found : [];
        _matches.Add((row, step), matches);
        return matches;
    }

    private Dictionary<string, List<Row>> IndexTargets(Step step)
    {
        var index = new Dictionary<string, List<Row>>();
        foreach (var row in Rows(step.Target))
        {
            var values = step.TargetColumns.Select(column => row[column]).ToList();
            if (values.Any(value => value.IsNullOrNaN))
            {
                continue;
            }

            var text = ValueOrder.MatchText(values);
            if (!index.TryGetValue(text, out var rows))
            {
                index.Add(text, rows = []);
            }

            rows.Add(row);
        }

        return index;
    }

    private static List<Row> Load(Entity entity, OracleTable table)
    {
        var positions = entity.Columns.Select(column => table.Columns.ToList().IndexOf(column.Name)).ToList();
        if (positions.Contains(-1))
        {
            throw new InvalidDefinitionException($"The table of '{entity.Name}' lacks a column.");
        }

        return table.Rows.Select(values => new Row(entity, positions.Select(position => values[position]).ToList())).ToList();
    }

    private static List<Row> Deduplicate(Entity entity, List<Row> rows, Findings findings) =>
        rows.GroupBy(row => ValueOrder.MatchText(row.Key))
            .Select(group =>
            {
                var ranked = group.Order(Comparer<Row>.Create((left, right) => CompareForDedupe(entity, left, right))).ToList();
                if (ranked.Skip(1).Any(row => CompareForDedupe(entity, ranked[0], row) == 0 && DifferOnlyInNullAndNaN(ranked[0], row)))
                {
                    findings.MarkUnspecified("Rows of one key differ only in NULL and NaN, and dedupe keeps one of them.");
                }

                return ranked[0];
            })
            .ToList();

    private static int CompareForDedupe(Entity entity, Row left, Row right)
    {
        foreach (var order in entity.Dedupe!)
        {
            var comparison = ValueOrder.CompareNullsLast(left[order.Column], right[order.Column], order.Descending);
            if (comparison != 0)
            {
                return comparison;
            }
        }

        return ValueOrder.CompareKeys(left.Values, right.Values);
    }
}
