using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Lets a statement of the engine find out whether a key is unique. Rows that hold the whole key are distinct where the key is, and to find that out costs a
/// fraction of grouping the rows. The key of a model is only a promise, so the statement looks for itself and has an answer for either case.
/// </summary>
internal sealed class UniqueKeys(SqlDialect dialect, IEngineTables? tables, PlanCompiler compiler)
{
    private const string IsUnique = "is_unique";

    // A bit for each value of a key's range: at most 32 MB, and no more than the rows themselves would take.
    private const long MostValues = 1L << 28;
    private const int SparsestKey = 64;

    private readonly Dictionary<Entity, string> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>A condition that is TRUE where the rows of the input are distinct already; null where that cannot be found out cheaply.</summary>
    internal SqlExists? Condition(DistinctPlan distinct)
    {
        if (distinct.Input is not ScanPlan scan || tables?.TableOf(scan.Entity) is not { Key: { } key } table
            || scan.Sources.Zip(scan.Columns).FirstOrDefault(pair => pair.First.Name == key.Column && distinct.Sources.Contains(pair.Second)).First is null
            || key.Greatest - (Int128)key.Least + 1 is var span && (span < key.Rows || span > Int128.Min(MostValues, SparsestKey * (Int128)key.Rows)))
        {
            return null;
        }

        if (!_known.TryGetValue(scan.Entity, out var name))
        {
            var alias = compiler.Alias();
            var column = new SqlTemplate([$"{alias}.{table.Expressions[key.Column]}"], []);
            if (dialect.IsUnique(column, key.Least, key.Greatest) is not { } unique)
            {
                return null;
            }

            name = FormattableString.Invariant($"unique_{_known.Count + 1}");
            _known.Add(scan.Entity, name);
            compiler.AddCommonTable(new SqlCommonTable(name, new SqlSelect([new SqlOutput(unique, IsUnique)], new SqlTable(table.Relation, alias))));
        }

        var found = compiler.Alias();
        return new SqlExists(
            new SqlSelect([new SqlOutput(new SqlColumn(found, IsUnique), IsUnique)], new SqlTable(dialect.QuoteIdentifier(name), found))
            {
                Where = [new SqlIsTrue(new SqlColumn(found, IsUnique))],
            },
            Negated: false);
    }
}
