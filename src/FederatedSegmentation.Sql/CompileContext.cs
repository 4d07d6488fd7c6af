using System.Collections.Immutable;

namespace FederatedSegmentation.Sql;

/// <summary>What a statement may name besides the plan itself. Immutable.</summary>
public sealed record CompileContext
{
    /// <summary>
    /// How the embedded engine reads the tables of scans; null where the statement goes to the source itself: then a scan reads the entity's quoted
    /// table and columns as the source spells them.
    /// </summary>
    public IEngineTables? EngineTables { get; init; }

    /// <summary>What each result of a fragment or stage is, by its name; null where the plan reads none.</summary>
    public Func<string, ResultRelation>? Results { get; init; }

    /// <summary>Whether text columns of the scans may have collations that do not go together, so that comparisons between columns have to name one.</summary>
    public bool MixedCollations { get; init; }

    /// <summary>The parts of a table's name at the source, where it cannot tell names without a schema by itself; null for the names of the model.</summary>
    public Func<ImmutableArray<string>, ImmutableArray<string>>? TableName { get; init; }

    /// <summary>The parts of the name of a table that keys of other sources were written to; null where none can be.</summary>
    public Func<string, ImmutableArray<string>>? KeyTable { get; init; }

    /// <summary>The greatest length of the statement in bytes; null for the limit of the dialect's capabilities.</summary>
    public int? MaxStatementBytes { get; init; }
}
