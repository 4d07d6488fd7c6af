using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Sql;

/// <summary>A fragment as its source receives it: one SELECT.</summary>
/// <param name="Fragment">The fragment's id, for instance <c>F1</c>.</param>
/// <param name="Source">The data source.</param>
/// <param name="Dialect">The dialect's name.</param>
/// <param name="Sql">The exact statement.</param>
/// <param name="Columns">The result's columns, in order; each arrives as its <see cref="PlanColumn.Storage"/>.</param>
public sealed record CompiledFragment(string Fragment, string Source, string Dialect, string Sql, ImmutableArray<PlanColumn> Columns);
