using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>What is grouped by, or made distinct by, beside texts that a dialect would take for one although their bytes differ. Nothing in most dialects.</summary>
internal static class TextGroups
{
    /// <summary>The start of the names of such outputs; no column is called so.</summary>
    public const string NamePrefix = "apart_";

    /// <summary>One value for each text among the values.</summary>
    public static IEnumerable<SqlExpression> Of(SqlDialect dialect, IEnumerable<SqlValue> values)
        => values.Where(value => value.Type is StringType).Select(value => dialect.TellsApart(value.Expression)).OfType<SqlExpression>();

    /// <summary>The same as outputs of a SELECT that is distinct or an input of a set operation; whoever reads it leaves them out.</summary>
    public static IEnumerable<SqlOutput> Outputs(SqlDialect dialect, IEnumerable<SqlValue> values)
        => Of(dialect, values).Select((value, i) => new SqlOutput(value, FormattableString.Invariant($"{NamePrefix}{i}")));
}
