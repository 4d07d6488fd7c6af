using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>A SELECT under construction: it takes further joins and conditions until it is closed.</summary>
internal sealed class QueryBlock(SqlRelation from)
{
    private readonly Dictionary<int, SqlValue> _columns = [];

    /// <summary>What it reads.</summary>
    public SqlRelation From { get; private set; } = from;

    /// <summary>What must hold.</summary>
    public List<SqlCondition> Where { get; } = [];

    /// <summary>How many conditions at the end of <see cref="Where"/> are checks of values, which are read last and hold for every row.</summary>
    public int Checks { get; private set; }

    /// <summary>Keeps the rows for which the condition is TRUE; it stands before the checks.</summary>
    public void Keep(SqlCondition condition) => Where.Insert(Where.Count - Checks, condition);

    /// <summary>Adds a check.</summary>
    public void Check(SqlCondition condition)
    {
        Where.Add(condition);
        Checks++;
    }

    /// <summary>The marker columns of the matches that were joined already.</summary>
    public Dictionary<MatchPlan, SqlColumn> Marks { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The value of a column of the plan in this block.</summary>
    public SqlValue this[PlanColumn column] => _columns[column.Id];

    /// <summary>Makes a column known.</summary>
    public void Add(PlanColumn column, SqlExpression value, StorageType storage) => _columns[column.Id] = new SqlValue(value, column.Type, storage);

    /// <summary>Makes all columns of another block known.</summary>
    public void AddAll(QueryBlock other)
    {
        foreach (var (id, value) in other._columns)
        {
            _columns[id] = value;
        }
    }

    /// <summary>Joins a relation.</summary>
    public void Join(SqlJoinKind kind, SqlRelation right, IEnumerable<SqlCondition> on) => From = new SqlJoin(kind, From, right, [.. on]);

    /// <summary>How a column arrives from a scan or a result of the engine: what was converted has the natural storage of its type.</summary>
    public static StorageType Arriving(PlanColumn column) => NaturalStorage.IsNatural(column.Storage, column.Type) ? column.Storage : NaturalStorage.Of(column.Type);
}
