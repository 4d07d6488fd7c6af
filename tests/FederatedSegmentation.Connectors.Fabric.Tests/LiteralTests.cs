using System.Globalization;
using FederatedSegmentation.Connectors.Fabric.Dialect;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;
using static FederatedSegmentation.Connectors.Fabric.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>Constants and names arrive as they are, whatever they hold, and never change the statement around them.</summary>
public sealed class LiteralTests(ITestOutputHelper output)
{
    private static readonly string[] Hostile =
    [
        "'", "''", "\\", "\\'", "--", "/*", "*/", "[", "]", "]]", "\"", "\n", "\r\n", "\\\n", "\\\\\n", "\\\r\n", "\r", ";", "${x}", ":x", "?", "@p0", "@@version", "%", "_", "GO", "\t", "\u2028", "\uFFFF", "ä", "😀", " ", "'; DROP TABLE x; --", "N'", "0x",
    ];

    [Fact]
    public void A_statement_has_as_many_tokens_whatever_its_values_and_names_hold()
        => StatementFuzz.Hold(FabricDialect.Instance, new LexicalRules('[', ']', HasBackslashes: false, HasDoubledQuotes: true, NamesHaveBackslashes: false, ["--", "/*"], ""), takesZero: false, output);

    [WarehouseFact]
    public async Task Texts_come_back_as_they_were_and_take_one_token()
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server));
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var texts = Hostile.Concat(Enumerable.Range(0, 60).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Hostile[random.Next(Hostile.Length)]))))
            .Append(new string('x', 1_000_000))
            .Append(string.Concat(Enumerable.Repeat("'\\\n--", 20_000)))
            .ToList();
        foreach (var text in texts)
        {
            var literal = FabricDialect.Instance.WriteLiteral(new StringLiteral(text), new StoredText());
            Assert.Equal(1, Tokens(literal));
            Assert.Equal(text, await TextAsync(source, literal));
        }
    }

    [Fact]
    public void A_text_with_the_character_zero_is_not_written()
        => Assert.ThrowsAny<Model.Errors.FederatedSegmentationException>(() => FabricDialect.Instance.WriteLiteral(new StringLiteral("a\0b"), new StoredText()));

    [WarehouseFact]
    public async Task Floats_come_back_to_the_last_bit()
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server));
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        double[] numbers =
        [
            0, 0.1, -0.7, 1d / 3, 1e15, 1e22, 1e23, 123456789012345678, double.MaxValue, double.MinValue, 2.2250738585072014e-308,
            .. Enumerable.Range(0, 60).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64())).Where(number => double.IsFinite(number) && Math.Abs(number) > 1e-290),
            .. Enumerable.Range(0, 40).Select(_ => Math.Round(random.NextDouble() * 1000, 2)),
        ];
        foreach (var number in numbers)
        {
            var literal = FabricDialect.Instance.WriteLiteral(new Float64Literal(number), new StoredFloat(64));
            using var batch = Assert.Single(await source.BatchesAsync(Fragment($"SELECT {literal} AS x", ("x", DataTypes.Float64, new StoredFloat(64)))).ToListAsync());
            Assert.True(number.Equals(batch.Columns[0].Values<double>()[0]), $"{number.ToString("R", CultureInfo.InvariantCulture)} as {literal}");
        }
    }

    [WarehouseFact]
    public async Task Numbers_times_and_bytes_come_back_at_their_extremes()
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server));
        (Literal Literal, StorageType Storage, DataType Type, string Expected)[] cases =
        [
            (new Int64Literal(long.MinValue), new StoredInteger(), DataTypes.Int64, "-9223372036854775808"),
            (new Int64Literal(long.MaxValue), new StoredInteger(), DataTypes.Int64, "9223372036854775807"),
            (new TimestampLiteral(-62135596800000000), new StoredWallClock(), DataTypes.Timestamp, "-62135596800000000"),
            (new DateTimeLiteral(253402300799999999), new StoredWallClock(), new DateTimeType(null), "253402300799999999"),
        ];
        foreach (var (literal, storage, type, expected) in cases)
        {
            using var batch = Assert.Single(await source.BatchesAsync(Fragment($"SELECT {FabricDialect.Instance.WriteLiteral(literal, storage)} AS x", ("x", type, storage))).ToListAsync());
            Assert.Equal(expected, batch.Columns[0].Values<long>()[0].ToString(CultureInfo.InvariantCulture));
        }

        var greatest = System.Numerics.BigInteger.Pow(10, 38) - 1;
        var exact = new StoredDecimal(38, 7);
        using var decimals = Assert.Single(await source.BatchesAsync(Fragment($"SELECT {FabricDialect.Instance.WriteLiteral(new DecimalLiteral(-greatest, 7), exact)} AS x", ("x", new Model.Types.DecimalType(38, 7), exact))).ToListAsync());
        Assert.Equal(-(Int128)greatest, decimals.Columns[0].Values<Int128>()[0]);
        using var bytes = Assert.Single(await source.BatchesAsync(Fragment($"SELECT {FabricDialect.Instance.WriteLiteral(new BinaryLiteral([0, 255, 39]), new StoredBinary())} AS x", ("x", DataTypes.Binary, new StoredBinary()))).ToListAsync());
        Assert.Equal([0, 255, 39], bytes.Columns[0].GetBytes(0).ToArray());
    }

    [WarehouseFact]
    public async Task Names_are_read_as_they_are_spelled()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        string[] names = ["a.b", "a b", "a]b", "a[b", "a\"b", "a'b", "a--b", "select", "ä😀", "a;b", "A", "a", "@x", "a\nb"];
        await using var source = Connector(Options(server, database));
        foreach (var name in names)
        {
            await server.LoadAsync(database, name, [(name, "bigint")], ["5"]);
            var table = Assert.Single(await source.DescribeAsync([Entity("thing", [name], (name, DataTypes.Int64))], default));
            Assert.Equal(new StoredInteger(), table.Columns[name]);
            var quoted = FabricDialect.Instance.QuoteIdentifier(name);
            Assert.Equal([5], await source.NumbersAsync(Numbers($"SELECT t.{quoted} AS {quoted} FROM [dbo].{quoted} AS t")));
        }
    }

    private static async Task<string> TextAsync(FabricConnector source, string literal)
    {
        using var batch = Assert.Single(await source.BatchesAsync(Fragment($"SELECT {literal} AS x", ("x", DataTypes.String, new StoredText()))).ToListAsync());
        return batch.Columns[0].GetString(0);
    }

    // A string is one token; behind its end nothing may follow.
    private static int Tokens(string sql)
    {
        var count = 0;
        for (var i = 0; i < sql.Length; count++)
        {
            if (sql[i] != '\'')
            {
                i++;
                continue;
            }

            for (i++; i < sql.Length; i++)
            {
                if (sql[i] == '\'')
                {
                    if (i + 1 < sql.Length && sql[i + 1] == '\'')
                    {
                        i++;
                        continue;
                    }

                    i++;
                    break;
                }
            }
        }

        return count;
    }
}
