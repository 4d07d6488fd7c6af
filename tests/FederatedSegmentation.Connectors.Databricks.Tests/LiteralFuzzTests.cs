using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

/// <summary>Values and names never change the shape of a statement.</summary>
public sealed partial class LiteralFuzzTests(Workspace workspace, ITestOutputHelper output) : IClassFixture<Workspace>
{
    private const int Seed = 20261126;

    private static readonly string[] Pieces =
    [
        "'", "''", "\\", "\\'", "\\\\", "\"", "`", "``", "\0", "\n", "\r\n", "\t", "\u001a", "--", "-- x\n", "/*", "*/", "${x}", "${env:HOME}", "$", ":x", "::int", "?", ";", "%", "_", "\\%", "\\_", "\\u0027", "\\x27", "\\047",
        "r'", "U&'", "x", "é", "😀", "\u2028", "\u2029", "\ufeff", "\u0085", "\u200b", "')", "' OR 1=1", "{{", "}}", "{d '2020-01-01'}", "%s", "N'",
    ];

    private static readonly (DataType, StorageType) String = (new StringType(), new StoredText());

    [Fact]
    public void A_statement_has_as_many_tokens_whatever_its_values_and_names_hold()
        => StatementFuzz.Hold(DatabricksDialect.Instance, new LexicalRules('`', '`', HasBackslashes: true, HasDoubledQuotes: false, NamesHaveBackslashes: false, ["--", "/*"], "${"), takesZero: true, output);

    [Fact]
    public void A_text_is_one_token_whatever_it_holds()
    {
        foreach (var text in Texts(2000))
        {
            Assert.Matches(OneToken(), DatabricksDialect.Instance.WriteLiteral(new StringLiteral(text), new StoredText()));
        }
    }

    [Fact]
    public void A_name_is_one_token_whatever_it_holds()
    {
        foreach (var name in Texts(2000).Where(name => name.Length > 0))
        {
            if (name.Contains('\0', StringComparison.Ordinal))
            {
                Assert.Throws<FederatedSegmentationException>(() => DatabricksDialect.Instance.QuoteIdentifier(name));
                continue;
            }

            var quoted = DatabricksDialect.Instance.QuoteIdentifier(name);
            Assert.True(DatabricksDialect.Instance.IsBareColumn(quoted), quoted);
            Assert.Equal(name, quoted[1..^1].Replace("``", "`", StringComparison.Ordinal));
        }
    }

    [WarehouseFact]
    public async Task Texts_come_back_from_the_warehouse_as_they_were_written()
    {
        output.WriteLine($"Seed {Seed}");
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect();
        var text = string.Concat(Enumerable.Repeat("it's \\ ${x} -- ", 70_000));
        Assert.Equal([[text]], await Workspace.ReadAsync(connector, Workspace.Fragment($"SELECT {DatabricksDialect.Instance.WriteLiteral(new StringLiteral(text), new StoredText())} AS `t`", String), CancellationToken.None));
        var texts = Texts(60).ToImmutableArray();
        var sql = new StringBuilder();
        for (var i = 0; i < texts.Length; i++)
        {
            sql.Append(i == 0 ? "" : "\nUNION ALL ").Append(CultureInfo.InvariantCulture, $"SELECT '{i}' AS `i`, {DatabricksDialect.Instance.WriteLiteral(new StringLiteral(texts[i]), new StoredText())} AS `t`");
        }

        var rows = await Workspace.ReadAsync(connector, Workspace.Fragment(sql.ToString(), String, String), CancellationToken.None);
        Assert.Equal(texts.Length, rows.Count);
        Assert.All(rows, row => Assert.Equal(texts[int.Parse(row[0]!, CultureInfo.InvariantCulture)], row[1]));
    }

    [WarehouseFact]
    public async Task Names_of_columns_are_what_they_are_called()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect();
        var rows = await Workspace.ReadAsync(
            connector, Workspace.Fragment("SELECT `select`, `a.b ``c``` FROM `other schema`.`odd ``name``.x`", (new Int64Type(), new StoredInteger()), String), CancellationToken.None);
        Assert.Equal([["1", "x"]], rows);
    }

    private static IEnumerable<string> Texts(int count)
    {
        var random = new Random(Seed);
        yield return "";
        for (var i = 0; i < count; i++)
        {
            yield return string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Pieces[random.Next(Pieces.Length)]));
        }
    }

    // Nothing but plain characters and codes between two quotes.
    [GeneratedRegex(@"\A'(?:[^'\\$\p{Cc}]|\\u[0-9A-F]{4})*'\z")]
    private static partial Regex OneToken();
}
