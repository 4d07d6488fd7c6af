using System.Collections.Immutable;
using System.Numerics;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;
using FederatedSegmentation.Sql.Dialects;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.Testing.Conformance;

/// <summary>The number of tokens of a statement never depends on a value or a name.</summary>
public static class StatementFuzz
{
    private const int Rounds = 1_000;
    private const int Megabyte = 1 << 20;

    private static readonly string[] Pieces =
    [
        "'", "''", "'''", "\\", "\\'", "\\\\", "\\\\'", "\\\n", "\\\r\n", "\\u0027", "\\x27", "\\047", "\"", "\"\"\"", "`", "``", "\\`", "[", "]", "]]", "--", "-- x\n", "//", "#", "/*", "*/", ";", "$$", "$tag$", "${x}", "${env:HOME}", "$1", "&v",
        "\n", "\r", "\r\n", "\t", "\u0001", "\u001a", "\u0085", "\u2028", "\u2029", "\ufeff", "\u200b", "%", "_", "?", ":x", ":1", "::", "@p", "@@x", "{0}", "{{x}}", "{d '2020-01-01'}", "r'", "b'", "x'", "N'", "E'", "U&'", "GO\n",
        "é", "e\u0301", "😀", "\uffff", "' OR 1=1", "') OR ('", " ", "a", "%s", "\\%", "\\_", "~",
    ];

    /// <summary>Compares statements with hostile texts, bytes, times and names with one of plain ones.</summary>
    /// <param name="dialect">The dialect.</param>
    /// <param name="rules">How its vendor reads statements.</param>
    /// <param name="takesZero">Whether a text may hold U+0000; otherwise it has to be refused.</param>
    /// <param name="output">Hears the seed.</param>
    public static void Hold(SqlDialect dialect, LexicalRules rules, bool takesZero, ITestOutputHelper output)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var expected = StatementTokens.Count(Write(dialect, "id", "a", [1], 0), rules);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = new byte[random.Next(0, 20)];
            random.NextBytes(bytes);
            Check(Write(dialect, Name(random, rules), Text(random, 12), bytes, random.NextInt64(-62135596800000000, 253402300799999999)));
        }

        var long1 = string.Concat(Enumerable.Repeat("it's \\ ${x} -- \n", Megabyte / 16));
        Check(Write(dialect, "id", long1, [1], 0));
        if (takesZero)
        {
            Check(Write(dialect, "id", "a\0'", [1], 0));
        }
        else
        {
            Assert.Throws<Model.Errors.FederatedSegmentationException>(() => Write(dialect, "id", "a\0'", [1], 0));
        }

        Assert.Throws<Model.Errors.FederatedSegmentationException>(() => Write(dialect, "a\0", "a", [1], 0));

        void Check(string sql) => Assert.True(expected == StatementTokens.Count(sql, rules), $"seed {seed}: {sql[..Math.Min(sql.Length, 2_000)]}");
    }

    private static string Text(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(0, most)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    // A name cannot be spelled otherwise, and who writes the model names no variables.
    private static string Name(Random random, LexicalRules rules) => "n" + (rules.Substituted.Length > 0 ? Text(random, 8).Replace(rules.Substituted[..1], "", StringComparison.Ordinal) : Text(random, 8));

    private static string Write(SqlDialect dialect, string name, string text, byte[] bytes, long microseconds)
    {
        (DataType Type, StorageType Storage, Literal Value)[] values =
        [
            (DataTypes.String, new StoredText(), new StringLiteral(text)),
            (DataTypes.Int64, new StoredInteger(), new Int64Literal(Math.Abs(microseconds))),
            (new DecimalType(38, 2), new StoredDecimal(38, 2), new DecimalLiteral(new BigInteger(microseconds), 2)),
            (DataTypes.Float64, new StoredFloat(64), new Float64Literal(0.5)),
            (new DateTimeType(null), new StoredWallClock(), new DateTimeLiteral(microseconds)),
            (DataTypes.Date, new StoredDate(), new DateLiteral(DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(microseconds * 10)))),
            (DataTypes.Binary, new StoredBinary(), new BinaryLiteral([.. bytes])),
        ];
        var columns = values.Select((value, i) => new Column { Name = $"c{i}", SourceName = name + i, Type = value.Type }).ToImmutableArray();
        var entity = new Entity { Name = "e", Source = "s", Table = ["schema", name], Key = [], Columns = columns };
        var scan = new ScanPlan(entity, columns, [.. values.Select((value, i) => new PlanColumn(i + 1, name + i, value.Type, value.Storage))]);
        var tests = values.Select(PlanPredicate (value, i) => new NotPlan(new ComparisonPlan(ComparisonOperator.Equal, new ColumnExpression(scan.Columns[i]), new LiteralExpression(value.Value, value.Type), null)));
        var like = new TextMatchPlan(TextMatch.EndsWith, new ColumnExpression(scan.Columns[0]), new LiteralExpression(values[0].Value, DataTypes.String), false, null);
        var keys = new KeyListPlan([[values[0].Value, values[1].Value]], [new PlanColumn(101, "k", DataTypes.String, new StoredText()), new PlanColumn(102, "k", DataTypes.Int64, new StoredInteger())]);
        var found = new MatchPlan(keys, [new JoinKey(scan.Columns[0], keys.Columns[0]), new JoinKey(scan.Columns[1], keys.Columns[1])], null);
        // As connectors name their outputs: by words.
        return PlanCompiler.Compile(
            new FilterPlan(scan, new OrPlan([.. tests, like, found])), dialect, new CompileContext { MaxStatementBytes = 64 * Megabyte }, [.. columns.Select(column => column.Name)], ordered: false);
    }
}
