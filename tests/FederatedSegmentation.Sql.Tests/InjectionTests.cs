using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Compilation;
using FederatedSegmentation.Sql.Dialects;
using Xunit;
using static FederatedSegmentation.Sql.Tests.SampleTables;

namespace FederatedSegmentation.Sql.Tests;

/// <summary>The number of tokens of a statement never depends on a value or a name.</summary>
public sealed class InjectionTests(DuckDbEngine engine, Xunit.Abstractions.ITestOutputHelper output) : IClassFixture<DuckDbEngine>
{
    private static readonly string[] Nasty =
    [
        "'", "''", "\\", "\\'", "--", "/*", "*/", ";", "$$", "$tag$", "\"", "`", "]", "\n", "\r", "\t", "E'", "x'", "%", "_", "?", ":p", "@p", "{0}", "é", "😀", "\u2028", "\ufeff", "OR 1=1", "a",
    ];

    [Fact]
    public void Values_never_change_the_number_of_tokens()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (var dialect in new SqlDialect[] { DuckDbDialect.Instance, PostgresDialect.Instance })
        {
            var expected = Tokens(Statement(dialect, "id", "a", 1, 1.5m, 1.5, 0, [1]));
            for (var i = 0; i < 2_000; i++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => Nasty[random.Next(Nasty.Length)]));
                var bytes = new byte[random.Next(0, 20)];
                random.NextBytes(bytes);
                var number = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
                var sql = Statement(
                    dialect, "id", text, random.NextInt64(long.MinValue, long.MaxValue), (decimal)random.NextInt64(-1_000_000_000, 1_000_000_000) / 100,
                    double.IsFinite(number) ? number : 0, random.NextInt64(-62135596800000000, 253402300799999999), bytes);
                Assert.True(expected == Tokens(sql), $"seed {seed}: {sql}");
            }
        }
    }

    [Fact]
    public void Names_never_change_the_number_of_tokens()
    {
        var random = new Random(7);
        foreach (var dialect in new SqlDialect[] { DuckDbDialect.Instance, PostgresDialect.Instance })
        {
            var expected = Tokens(Statement(dialect, "id", "a", 1, 1.5m, 1.5, 0, [1]));
            for (var i = 0; i < 1_000; i++)
            {
                var name = "n" + string.Concat(Enumerable.Range(0, random.Next(0, 8)).Select(_ => Nasty[random.Next(Nasty.Length)]));
                Assert.Equal(expected, Tokens(Statement(dialect, name, "a", 1, 1.5m, 1.5, 0, [1])));
            }
        }
    }

    [Fact]
    public async Task Names_of_any_kind_are_read_back()
    {
        foreach (var name in Nasty)
        {
            var table = DuckDbDialect.Instance.QuoteIdentifier("t" + name);
            var column = DuckDbDialect.Instance.QuoteIdentifier("c" + name);
            await engine.Connection.ExecuteAsync($"CREATE TABLE {table} AS SELECT 5 AS {column}", CancellationToken.None);
            var entity = new Entity { Name = "e", Source = "s", Table = ["t" + name], Key = [], Columns = [new Column { Name = "c", SourceName = "c" + name, Type = DataTypes.Int64 }] };
            var scan = new ScanPlan(entity, entity.Columns, [Fresh("c" + name, DataTypes.Int64)]);
            Assert.Equal(["5"], await engine.RowsAsync(scan));
            await engine.Connection.ExecuteAsync($"DROP TABLE {table}", CancellationToken.None);
        }
    }

    [Fact]
    public void Names_that_no_engine_takes_are_refused()
    {
        Assert.Throws<FederatedSegmentationException>(() => DuckDbDialect.Instance.QuoteIdentifier(""));
        Assert.Throws<FederatedSegmentationException>(() => PostgresDialect.Instance.QuoteIdentifier("a\0b"));
        Assert.Throws<FederatedSegmentationException>(() => PostgresDialect.Instance.WriteLiteral(new StringLiteral("a\0b"), new StoredText()));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Integers_come_back(long value)
        => Assert.Equal(value.ToString(CultureInfo.InvariantCulture) + "|BIGINT", await engine.TextAsync(
            $"SELECT CAST(x AS varchar) || '|' || typeof(x) FROM (SELECT CAST({DuckDbDialect.Instance.WriteLiteral(new Int64Literal(value), new StoredInteger())} AS BIGINT) AS x)"));

    [Theory]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(0.1)]
    [InlineData(-1e-300)]
    [InlineData(123456789012345680)]
    public async Task Floats_come_back(double value)
        => Assert.Equal(value, double.Parse((await engine.TextAsync($"SELECT CAST({DuckDbDialect.Instance.WriteLiteral(new Float64Literal(value), new StoredFloat(64))} AS varchar)"))!, CultureInfo.InvariantCulture));

    private static string Statement(SqlDialect dialect, string name, string text, long integer, decimal exact, double real, long microseconds, byte[] bytes)
    {
        var types = new DataType[] { DataTypes.String, DataTypes.Int64, new DecimalType(38, 2), DataTypes.Float64, DataTypes.Timestamp, new DateTimeType(null), DataTypes.Date, DataTypes.Binary };
        var columns = types.Select((type, i) => new Column { Name = $"c{i}", SourceName = name + i, Type = type }).ToImmutableArray();
        var entity = new Entity { Name = "e", Source = "s", Table = ["schema", name], Key = [], Columns = columns };
        var scan = new ScanPlan(entity, columns, [.. columns.Select((column, i) => Fresh(name + i, column.Type, i == 4 ? new StoredInstant() : null))]);
        var literals = new Literal[]
        {
            new StringLiteral(text), new Int64Literal(integer), new DecimalLiteral(new BigInteger(exact * 100), 2), new Float64Literal(real), new TimestampLiteral(microseconds),
            new DateTimeLiteral(microseconds), new DateLiteral(DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(microseconds * 10))), new BinaryLiteral([.. bytes]),
        };
        var tests = literals.Select(PlanPredicate (literal, i) => new NotPlan(new ComparisonPlan(
            ComparisonOperator.Equal, new ColumnExpression(scan.Columns[i]), new LiteralExpression(literal, types[i]), null)));
        var like = new TextMatchPlan(TextMatch.EndsWith, new AsciiLowerExpression(new ColumnExpression(scan.Columns[0])), new LiteralExpression(literals[0], types[0]), true, null);
        var keys = new KeyListPlan([[literals[0], literals[1]]], [Fresh("k", types[0]), Fresh("k", types[1])]);
        var found = new MatchPlan(keys, [new JoinKey(scan.Columns[0], keys.Columns[0]), new JoinKey(scan.Columns[1], keys.Columns[1])], null);
        var context = new CompileContext { EngineTables = dialect is DuckDbDialect ? NamedTables.Instance : null };
        return PlanCompiler.Compile(new FilterPlan(scan, new OrPlan([.. tests, like, found])), dialect, context, [.. columns.Select(column => column.SourceName)], ordered: true);
    }

    /// <summary>Tokens as both engines read them: strings, quoted names, numbers with their sign, words, signs; comments would be none.</summary>
    private static int Tokens(string sql)
    {
        var count = 0;
        for (var i = 0; i < sql.Length; count++)
        {
            while (i < sql.Length && sql[i] is ' ' or '\n')
            {
                i++;
            }

            var start = sql[i];
            if (start is '\'' or '"')
            {
                for (i++; i < sql.Length && (sql[i] != start || (i + 1 < sql.Length && sql[i + 1] == start)); i += sql[i] == start ? 2 : 1)
                {
                }

                i++;
            }
            else if (char.IsAsciiLetterOrDigit(start) || (start == '-' && char.IsAsciiDigit(sql[i + 1])))
            {
                for (i++; i < sql.Length && (char.IsAsciiLetterOrDigit(sql[i]) || sql[i] == '_'); i++)
                {
                }
            }
            else
            {
                Assert.False(start == '-' && sql[i + 1] == '-', "a comment outside of a string");
                i++;
            }

            while (i < sql.Length && sql[i] is ' ' or '\n')
            {
                i++;
            }
        }

        return count;
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_name_that_no_dialect_can_say_is_a_defect_of_ours(string name)
    {
        foreach (var dialect in new SqlDialect[] { DuckDbDialect.Instance, PostgresDialect.Instance })
        {
            var failure = Assert.Throws<FederatedSegmentationException>(() => dialect.QuoteIdentifier(name));
            Assert.StartsWith("INT002: ", failure.Message, StringComparison.Ordinal);
            Assert.Contains("a name that is empty or holds U+0000", failure.Message, StringComparison.Ordinal);
        }
    }
}
