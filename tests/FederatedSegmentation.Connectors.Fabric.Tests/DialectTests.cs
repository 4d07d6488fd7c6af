using FederatedSegmentation.Connectors.Fabric.Dialect;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;
using FederatedSegmentation.Sql.Writing;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>How T-SQL is written where it differs.</summary>
public sealed class DialectTests
{
    private static readonly SqlColumn Text = new("t1", "a b]");
    private static readonly SqlSelect All = new([new SqlOutput(Text, "x")], new SqlTable("[dbo].[T]", "t1"));

    [Fact]
    public void Texts_are_compared_with_their_lengths()
    {
        Assert.Contains(
            "WHERE (t1.[a b]]] = 'ä ' AND DATALENGTH(t1.[a b]]]) = CAST('3' AS bigint))",
            Write(All with { Where = [FabricDialect.Instance.CompareText(ComparisonOperator.Equal, Text, new SqlLiteral(new StringLiteral("ä "), new StoredText()))] }),
            StringComparison.Ordinal);
        Assert.Contains(
            "(t1.[a b]]] <> 'x' OR DATALENGTH(t1.[a b]]]) <> CAST('1' AS bigint))",
            Write(All with { Where = [FabricDialect.Instance.CompareText(ComparisonOperator.NotEqual, Text, new SqlLiteral(new StringLiteral("x"), new StoredText()))] }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_complement_is_a_case_and_a_limit_is_top()
    {
        Assert.Contains("WHERE (CASE WHEN t1.[a b]]] = 'x' THEN 1 ELSE 0 END = 0)", Write(All with { Where = [new SqlIsNotTrue(new SqlComparison(ComparisonOperator.Equal, Text, new SqlLiteral(new StringLiteral("x"), new StoredText())))] }), StringComparison.Ordinal);
        Assert.StartsWith("SELECT TOP (3) t1.", Write(All with { Limit = 3 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Nulls_come_last_by_an_expression_and_a_window_has_an_order()
    {
        Assert.EndsWith("ORDER BY CASE WHEN t1.[a b]]] IS NULL THEN 1 ELSE 0 END, t1.[a b]]] DESC", Write(All with { OrderBy = [new SqlOrder(Text, Descending: true)] }), StringComparison.Ordinal);
        Assert.Contains("ROW_NUMBER() OVER (PARTITION BY t1.[a b]]] ORDER BY (SELECT NULL))", Write(All with { Outputs = [new SqlOutput(new SqlWindow(new SqlCall("ROW_NUMBER", []), [Text], []), "n")] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Common_tables_are_not_materialized()
        => Assert.StartsWith("WITH [w] AS (SELECT", SqlWriter.Write(new SqlStatement([new SqlCommonTable("w", All)], All), FabricDialect.Instance, 100_000), StringComparison.Ordinal);

    [Fact]
    public void What_is_not_documented_exactly_is_not_asked()
    {
        var known = FabricDialect.Instance.Capabilities;
        Assert.Equal(
            [PushdownVerdict.Full, PushdownVerdict.None, PushdownVerdict.Recheck, PushdownVerdict.None, PushdownVerdict.None],
            new[] { known.TextEquality, known.TextOrder, known.FloatComparison, known.BinaryComparison, known.DurationArithmetic }.Select(support => support.Verdict));
    }

    [Fact]
    public void Text_of_another_collation_is_read_as_text_of_the_binary_one()
        => Assert.Equal(
            "(t1.[a b]]] COLLATE Latin1_General_100_BIN2_UTF8)",
            SqlWriter.Write(FabricDialect.Instance.ScanOutput(Text, new PlanColumn(1, "x", DataTypes.String, new StoredText("Latin1_General_100_CI_AS_KS_WS_SC_UTF8"))), FabricDialect.Instance));

    private static string Write(SqlSelect select) => SqlWriter.Write(new SqlStatement([], select), FabricDialect.Instance, 100_000);
}
