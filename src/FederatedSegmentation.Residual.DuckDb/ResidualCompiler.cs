using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Dialects.DuckDb;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>Writes a plan's statements for the embedded engine. Pure.</summary>
internal static class ResidualCompiler
{
    /// <summary>The dialect's name.</summary>
    public const string Dialect = "duckdb";

    /// <summary>All statements of a plan.</summary>
    public static ResidualStatements Compile(SegmentPlan plan, ImmutableArray<string> memberNames, IEngineTables tables)
    {
        var results = Fetched(plan);
        var context = new CompileContext { EngineTables = tables, Results = name => results[name] };
        var stages = ImmutableArray.CreateBuilder<StageStatement>(plan.Stages.Length);
        foreach (var stage in plan.Stages)
        {
            stages.Add(new StageStatement(stage.Name, Select(stage.Plan, context, ColumnNames(stage.Plan.Columns.Length), ordered: false)));
            results.Add(stage.Name, Table(stage.Name, stage.Plan));
        }

        return new ResidualStatements(stages.ToImmutable(), Members(plan, context, memberNames), [.. memberNames.Where((_, i) => plan.Members.Columns[i].Type is TimestampType)]);
    }

    /// <summary>The statement of a fragment that the engine runs as part of its own.</summary>
    public static CompiledFragment CompileFragment(QueryFragment fragment, IEngineTables tables)
        => new(
            fragment.Id,
            fragment.Source,
            Dialect,
            Select(fragment.Plan, new CompileContext { EngineTables = tables }, ColumnNames(fragment.Plan.Columns.Length), ordered: false),
            fragment.Plan.Columns);

    /// <summary>The statement of the keys that a fragment waits for.</summary>
    public static KeyStatement CompileKeys(QueryFragment fragment, SegmentPlan plan, IEngineTables tables)
    {
        var reduction = fragment.Reduction ?? throw new ArgumentException("The fragment waits for no keys.", nameof(fragment));
        var results = Fetched(plan);
        var keys = new ProjectPlan(reduction.Keys, [.. reduction.KeyColumns.Select(PlanExpression (column) => new ColumnExpression(column))], reduction.KeyColumns);
        var names = ColumnNames(reduction.KeyColumns.Length);
        var rows = Select(keys, new CompileContext { EngineTables = tables, Results = name => results[name] }, names, ordered: false);
        var outputs = reduction.KeyColumns.Select((column, i) => $"CAST({names[i]} AS {DuckDbDialect.Instance.TypeName(NaturalStorage.Of(column.Type))}) AS {names[i]}");

        // In order, so that the same keys make the same statement.
        return new KeyStatement(
            FormattableString.Invariant(
                $"SELECT DISTINCT {string.Join(", ", outputs)}\nFROM ({rows})\nWHERE {string.Join(" AND ", names.Select(name => $"{name} IS NOT NULL"))}\nORDER BY ALL\nLIMIT {reduction.Rungs.Max(reduction.MaxKeysOf) + 1L}"),
            [.. reduction.KeyColumns.Select(column => column.Type)],
            reduction.Rungs);
    }

    /// <summary>The quoted name of the table that holds a fragment or stage.</summary>
    public static string TableName(string name) => DuckDbDialect.Instance.QuoteIdentifier(name);

    /// <summary>Names of columns by position.</summary>
    public static ImmutableArray<string> ColumnNames(int count) => [.. Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"c{i}"))];

    private static Dictionary<string, ResultRelation> Fetched(SegmentPlan plan)
        => plan.Fragments.Where(fragment => !fragment.RunsInEngine).ToDictionary(fragment => fragment.Id, ResultRelation (fragment) => Table(fragment.Id, fragment.Plan), StringComparer.Ordinal);

    private static TableResult Table(string name, LogicalPlan plan) => new(TableName(name), ColumnNames(plan.Columns.Length));

    // Every column leaves as its declared type, whatever width it has in a file.
    private static string Members(SegmentPlan plan, CompileContext context, ImmutableArray<string> names)
    {
        var members = plan.Members;
        var inner = ColumnNames(members.Columns.Length);
        var outputs = members.Columns.Select((column, i) =>
            $"CAST({inner[i]} AS {DuckDbDialect.Instance.TypeName(NaturalStorage.Of(column.Type))}) AS {DuckDbDialect.Instance.QuoteIdentifier(names[i])}");
        var order = string.Join(", ", Enumerable.Range(0, plan.KeyColumns).Select(i => FormattableString.Invariant($"{i + 1} ASC NULLS LAST")));
        return $"SELECT {string.Join(", ", outputs)}\nFROM ({Select(members, context, inner, ordered: false)})\nORDER BY {order}";
    }

    private static string Select(LogicalPlan plan, CompileContext context, ImmutableArray<string> names, bool ordered)
        => PlanCompiler.Compile(plan, DuckDbDialect.Instance, context, names, ordered);
}
