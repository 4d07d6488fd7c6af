using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Sql;

/// <summary>What a <see cref="ResultPlan"/> reads. A closed hierarchy.</summary>
public abstract record ResultRelation
{
    private protected ResultRelation()
    {
    }
}

/// <summary>A table or view in the engine.</summary>
/// <param name="Relation">The text behind FROM, written with the dialect's identifier writer.</param>
/// <param name="Columns">The names of its columns, unquoted, by position those of the fragment or stage; each stored as the plan's column says, converted where that is not natural.</param>
public sealed record TableResult(string Relation, ImmutableArray<string> Columns) : ResultRelation;

/// <summary>A plan that becomes part of the statement (fragments of file sources).</summary>
/// <param name="Plan">Its columns, by position, are those of the result.</param>
public sealed record InlineResult(LogicalPlan Plan) : ResultRelation;
