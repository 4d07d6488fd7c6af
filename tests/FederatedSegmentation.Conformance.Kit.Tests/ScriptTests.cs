using System.Text.RegularExpressions;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Storing;

namespace FederatedSegmentation.Conformance.Kit.Tests;

/// <summary>The scripts that make the tables. That of PostgreSQL is run by the tests of its connector.</summary>
public sealed partial class ScriptTests
{
    public static TheoryData<string> Kinds => [.. SourceSpelling.All.OfType<SqlSpelling>().Select(spelling => spelling.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_value_of_a_row_ends_a_literal_or_a_statement(string kind)
    {
        var (script, tables) = Script(kind);

        // Every literal of a value is plain, or hexadecimal digits, so that there is nothing in it to be read otherwise.
        foreach (var line in script.Split('\n').Where(line => line.StartsWith("SELECT ", StringComparison.Ordinal)))
        {
            Assert.Matches(PlainRow(), line);
        }

        Assert.Equal(tables.Count, Regex.Count(script, "^CREATE TABLE ", RegexOptions.Multiline));
        Assert.Equal(tables.Sum(table => table.Content.Rows.Length), Regex.Count(script, "^SELECT ", RegexOptions.Multiline));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_column_has_a_value_in_every_row(string kind)
    {
        var (_, tables) = Script(kind);
        Assert.All(tables, table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Length, row.Count)));
        Assert.Equal(tables.Count, tables.Select(table => table.Name[^1]).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void A_table_of_other_rows_has_another_name()
    {
        const string Text = """{"about": "x", "entities": {"t": {"columns": {"a": "int64"}}}, "rows": {"t": [[ROW]]}, "cases": []}""";
        static string NameOf(string row) => CaseTables.Of(GroupReader.Read("g", Text.Replace("ROW", row, StringComparison.Ordinal)), SourceSpelling.Of("postgres")!, ["s"]).Tables[0].Name[^1];
        Assert.Equal(NameOf("1"), NameOf("1"));
        Assert.NotEqual(NameOf("1"), NameOf("2"));
        Assert.NotEqual(NameOf("1"), NameOf("null"));
    }

    [Theory]
    [InlineData("postgres", "nul_in_text", "PostgreSQL stores no U+0000 in text")]
    [InlineData("bigquery", "identifier_dot", "BigQuery takes only letters")]
    [InlineData("databricks", "identifier_space", "Unity Catalog takes no dot, space")]
    [InlineData("files", "stored_collated_text", "files has no such type")]
    public void What_a_source_cannot_store_does_not_apply_to_it_and_says_why(string kind, string group, string reason)
        => Assert.StartsWith(reason, CaseTables.Of(CaseLibrary.All.Single(one => one.Name == group), SourceSpelling.Of(kind)!, ["s"]).WhyNone, StringComparison.Ordinal);

    private static (string Script, IReadOnlyList<CaseTable> Tables) Script(string kind)
    {
        var spelling = (SqlSpelling)SourceSpelling.Of(kind)!;
        var tables = CaseLibrary.All.SelectMany(group => CaseTables.Of(group, spelling, ["kit"]).Tables).ToList();
        return (spelling.Script(["kit"], tables), tables);
    }

    [GeneratedRegex(@"^SELECT ([A-Za-z0-9_(),.<>\[\] ]|'[A-Za-z0-9 _.,:+-]*')*( UNION ALL|;)$")]
    private static partial Regex PlainRow();
}
