using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;
using static FederatedSegmentation.Connectors.Snowflake.Tests.LocalSnowflake;

namespace FederatedSegmentation.Connectors.Snowflake.Tests;

/// <summary>Literals and names come back as they went in, whatever they hold.</summary>
public sealed class LiteralTests(LocalSnowflake snowflake, ITestOutputHelper output) : IClassFixture<LocalSnowflake>
{
    private static readonly string[] Nasty =
    [
        "'", "''", "\\", "\\\\", "\\'", "\\n", "\\x41", "\\u0041", "\\101", "--", "//", "/*", "*/", ";", "$$", "$1", "\"", "`", "\n", "\r", "\t", "x'", "%", "_", "?", ":p", ":1", "::", "${}", "&v", "{0}", "é", "😀", "\u2028", "\ufeff", " ", "OR 1=1", "a",
        "FST_0_", "FSN_0_", "~",
    ];

    [Fact]
    public void A_statement_has_as_many_tokens_whatever_its_values_and_names_hold()
        => StatementFuzz.Hold(SnowflakeDialect.Instance, new LexicalRules('"', '"', HasBackslashes: true, HasDoubledQuotes: true, NamesHaveBackslashes: false, ["--", "//", "/*", "$$"], ""), takesZero: false, output);

    [WarehouseFact]
    public async Task Texts_come_back_as_they_went_in()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var texts = Nasty.Concat(Enumerable.Range(0, 300).Select(_ => Text(random, 0, 12))).Append(string.Concat(Enumerable.Repeat("a'\\\n", 200_000))).ToArray();
        await using var source = snowflake.Connector();
        foreach (var chunk in texts.Chunk(50))
        {
            var sql = $"SELECT {string.Join(", ", chunk.Select((text, i) => $"{SnowflakeDialect.Instance.WriteLiteral(new StringLiteral(text), new StoredText())} AS C{i}"))}";
            if (sql.Length > SnowflakeDialect.Instance.Capabilities.MaxStatementBytes)
            {
                // Longer than a statement may be: the source says so and nothing is cut off.
                await FailsAsync(() => RunAsync(source, Fragment(sql, [.. chunk.Select(_ => ((DataType)DataTypes.String, (StorageType)new StoredText()))])), "SRC009");
                continue;
            }

            using var batch = Assert.Single(await RunAsync(source, Fragment(sql, [.. chunk.Select(_ => ((DataType)DataTypes.String, (StorageType)new StoredText()))])));
            Assert.True(chunk.SequenceEqual(batch.Columns.Select(column => column.GetString(0)), StringComparer.Ordinal), $"seed {seed}");
        }
    }

    [WarehouseFact]
    public async Task Names_come_back_as_they_went_in()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] names = [.. Nasty.Concat(["select", "SELECT", "a.b", "ORDER BY", "ÄÖ"]).Concat(Enumerable.Range(0, 60).Select(_ => Text(random, 1, 6))).Distinct(StringComparer.Ordinal)];
        await snowflake.LoadAsync("a \".\"b", [.. names.Select(name => new WarehouseColumn(name, "INT"))], [.. new[] { names.Select((_, i) => (string?)$"{i}").ToArray() }]);
        await using var source = snowflake.Connector();

        var sql = $"SELECT {string.Join(", ", names.Select(SnowflakeDialect.Instance.QuoteIdentifier))} FROM {SnowflakeDialect.Instance.QuoteIdentifier("a \".\"b")}";
        using var batch = Assert.Single(await RunAsync(source, Fragment(sql, [.. names.Select(_ => ((DataType)DataTypes.Int64, (StorageType)new StoredInteger()))])));

        Assert.True(batch.Columns.Select((column, i) => column.Values<long>()[0] == i).All(same => same), $"seed {seed}");
        var described = await source.DescribeAsync([Entity("e", ["a \".\"b"], [.. names.Select(name => (name, (DataType)DataTypes.Int64))])], default);
        Assert.Equal(names.Length, described[0].Columns.Count);
    }

    [Fact]
    public void A_text_with_U0000_and_an_empty_name_are_refused()
    {
        Assert.Throws<FederatedSegmentationException>(() => SnowflakeDialect.Instance.WriteLiteral(new StringLiteral("a\0"), new StoredText()));
        Assert.Throws<FederatedSegmentationException>(() => SnowflakeDialect.Instance.QuoteIdentifier(""));
    }

    private static string Text(Random random, int least, int most) => string.Concat(Enumerable.Range(0, random.Next(least, most)).Select(_ => Nasty[random.Next(Nasty.Length)])) is var text && text.Length >= least ? text : "a";
}
