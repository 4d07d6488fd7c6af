using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Sql;

/// <summary>A fragment as its source receives it: one SELECT.</summary>
/// <param name="Fragment">The fragment's id, for instance <c>F1</c>.</param>
/// <param name="Source">The data source.</param>
/// <param name="Dialect">The dialect's name.</param>
/// <param name="Sql">The exact statement.</param>
/// <param name="Columns">The result's columns, in order; each arrives as its <see cref="PlanColumn.Storage"/>.</param>
public sealed record CompiledFragment(string Fragment, string Source, string Dialect, string Sql, ImmutableArray<PlanColumn> Columns)
{
    /// <summary>The tables that the statement reads, as the model names them: errors say which grants they need. Empty where that is not known.</summary>
    public ImmutableArray<ImmutableArray<string>> Tables { get; init; } = [];

    /// <summary>The keys of other sources that the statement reads and does not hold; null where there are none.</summary>
    public SentKeys? Keys { get; init; }

    /// <summary>How the keys that the fragment waited for travel; null where it waited for none.</summary>
    public KeyUse? Waited { get; init; }
}

/// <summary>How keys travel to a source.</summary>
/// <param name="Passage">The rung of the ladder; null where none takes them, and all rows are asked for.</param>
/// <param name="Keys">Their number; null where it is not known, because they are too many for every rung.</param>
public sealed record KeyUse(KeyPassage? Passage, int? Keys);
