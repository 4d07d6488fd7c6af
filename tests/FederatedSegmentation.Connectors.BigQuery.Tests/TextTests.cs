using System.Text;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

/// <summary>Whatever a literal or a name holds, it is one token to Google's own parser, and comes back as it was.</summary>
public sealed class TextTests(LocalBigQuery server, ITestOutputHelper output) : IClassFixture<LocalBigQuery>
{
    private static readonly string[] Nasty =
    [
        "'", "''", "'''", "\"", "\"\"\"", "\\", "\\'", "\\\\'", "--", "#", "/*", "*/", ";", "`", "\\`", "\n", "\r", "\r\n", "\t", "\0", "\b", "\u0085", "\u2028", "\u2029", "\ufeff", "${x}", ":x", "?", "@p", "@@x", "{0}", "%", "_", "r'", "b'", "\\u0041", "\\x41", "\\101", "é", "e\u0301", "😀", "\uffff", "OR 1=1", "a", " ",
    ];

    [Fact]
    public void A_statement_has_as_many_tokens_whatever_its_values_and_names_hold()
        => StatementFuzz.Hold(BigQueryDialect.Instance, new LexicalRules('`', '`', HasBackslashes: true, HasDoubledQuotes: false, NamesHaveBackslashes: true, ["--", "#", "/*"], ""), takesZero: true, output);

    [WarehouseFact]
    public async Task Texts_come_back_as_they_were_written_into_a_statement()
    {
        await server.ResetAsync();
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var connector = server.Connect();
        for (var round = 0; round < 20; round++)
        {
            var texts = Enumerable.Range(0, 100).Select(_ => string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => Nasty[random.Next(Nasty.Length)]))).ToArray();
            var sql = $"SELECT {string.Join(", ", texts.Select((text, i) => $"{Write(text)} AS c{i}"))}";
            var rows = await LocalBigQuery.RowsAsync(connector, sql, [.. texts.Select(_ => (StorageType)new StoredText())]);
            Assert.True(string.Join('|', texts) == Assert.Single(rows), $"seed {seed}");
        }
    }

    [WarehouseFact]
    public async Task A_text_of_nearly_a_megabyte_is_a_literal_like_any_other()
    {
        await server.ResetAsync();
        var text = string.Concat(Enumerable.Repeat("it's ", 160_000));
        await using var connector = server.Connect();
        var rows = await LocalBigQuery.RowsAsync(connector, $"SELECT CHAR_LENGTH({Write(text)}) AS n", new StoredInteger());
        Assert.Equal(["800000"], rows);
    }

    [WarehouseFact]
    public async Task Names_are_one_token_whatever_they_hold()
    {
        await server.ResetAsync();
        var random = new Random(7);
        await using var connector = server.Connect();
        for (var round = 0; round < 100; round++)
        {
            var name = "n" + string.Concat(Enumerable.Range(0, random.Next(0, 8)).Select(_ => Nasty[random.Next(Nasty.Length)])).Replace("\0", "", StringComparison.Ordinal);
            var quoted = BigQueryDialect.Instance.QuoteIdentifier(name);
            Assert.True(BigQueryDialect.Instance.IsBareColumn(quoted), name);
            Assert.Equal(["5"], await LocalBigQuery.RowsAsync(connector, $"SELECT t.{quoted} AS found FROM (SELECT 5 AS {quoted}) AS t", new StoredInteger()));
        }
    }

    [WarehouseFact]
    public async Task Bytes_numbers_and_times_come_back_as_they_were_written()
    {
        await server.ResetAsync();
        await using var connector = server.Connect();
        var dialect = BigQueryDialect.Instance;
        (Literal Value, StorageType Storage, string Expected)[] all =
        [
            (new Int64Literal(long.MinValue), new StoredInteger(), "-9223372036854775808"),
            (new Int64Literal(long.MaxValue), new StoredInteger(), "9223372036854775807"),
            (new Float64Literal(double.MaxValue), new StoredFloat(64), "1.7976931348623157E+308"),
            (new Float64Literal(double.Epsilon), new StoredFloat(64), "5E-324"),
            (new Float64Literal(-0.1), new StoredFloat(64), "-0.1"),
            (new BooleanLiteral(true), new StoredBoolean(), "true"),
            (new BinaryLiteral([0, 39, 92, 255]), new StoredBinary(), "00275cff"),
            (new DateLiteral(DateOnly.MinValue), new StoredDate(), "-719162"),
            (new DateLiteral(DateOnly.MaxValue), new StoredDate(), "2932896"),
            (new TimestampLiteral(-62135596800000000), new StoredInstant(), "-62135596800000000"),
            (new TimestampLiteral(253402300799999999), new StoredInstant(), "253402300799999999"),
            (new DateTimeLiteral(-1), new StoredWallClock(), "-1"),
        ];
        var sql = $"SELECT {string.Join(", ", all.Select((one, i) => $"{dialect.WriteLiteral(one.Value, one.Storage)} AS c{i}"))}";
        var rows = await LocalBigQuery.RowsAsync(connector, sql, [.. all.Select(one => one.Storage)]);
        Assert.Equal(string.Join('|', all.Select(one => one.Expected)), Assert.Single(rows));
    }

    [Fact]
    public void An_identifier_is_told_from_an_expression()
    {
        foreach (var (text, isIdentifier) in new[] { ("`a`", true), ("`a\\`b`", true), ("`a\\\\`", true), ("`a` + `b`", false), ("``", false), ("a", false), ("`a\\`", false) })
        {
            Assert.Equal(isIdentifier, BigQueryDialect.Instance.IsBareColumn(text));
        }
    }

    [Fact]
    public void Decimal_text_is_read_exactly_or_refused()
    {
        foreach (var (text, precision, scale, expected) in new (string, int, int, string?)[]
        {
            ("0", 1, 0, "0"), ("-0.10", 3, 2, "-10"), ("12.3400", 4, 2, "1234"), ("12.341", 5, 2, null), ("100", 2, 0, null), ("99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"),
            ("0.00000000000000000000000000000000000001", 38, 38, "1"), ("1", 38, 38, null), ("000012", 2, 0, "12"),
        })
        {
            var fits = ValueText.TryDecimal(Encoding.UTF8.GetBytes(text), precision, scale, out var unscaled);
            Assert.Equal(expected, fits ? unscaled.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
        }

        foreach (var text in new[] { "", "-", "1e5", "1.2.3", "٣", " 1", "NaN" })
        {
            Assert.Throws<FormatException>(() => ValueText.TryDecimal(Encoding.UTF8.GetBytes(text), 38, 2, out _));
        }
    }

    private static string Write(string text) => BigQueryDialect.Instance.WriteLiteral(new StringLiteral(text), new StoredText());
}
