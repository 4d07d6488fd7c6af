namespace FederatedSegmentation.Sql.Tree;

/// <summary>A piece of SQL. A closed hierarchy of immutable records; only <see cref="Writing.SqlWriter"/> turns it into text.</summary>
/// <remarks>
/// Values (<see cref="SqlExpression"/>) and predicates (<see cref="SqlCondition"/>) are different types, because not every dialect has boolean values.
/// </remarks>
public abstract record SqlNode
{
    private protected SqlNode()
    {
    }
}
