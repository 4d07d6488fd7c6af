using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Connectors.Snowflake;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Planning.Reduction;
using Xunit;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Keys of files travel to every database, on every rung of the ladder that it has, and are the same values there.</summary>
public sealed class KeyPassageTests
{
    private const int MostSeeds = 60;

    private static readonly ImmutableArray<GeneratedColumn> Columns =
    [
        new("k", "k", "int64", null), new("d", "d", "decimal(38,10)", null), new("t", "t", "string", null), new("day", "day", "date", null),
    ];

    private static readonly long[] Numbers = [long.MinValue, -1, 0, 1, long.MaxValue];

    private static readonly BigInteger Greatest = BigInteger.Pow(10, 38) - 1;
    private static readonly BigInteger[] Units = [-Greatest, -1, 0, 1, 15_000_000_000, Greatest];

    private static readonly string[] Texts =
    [
        "", " ", "a", "A", "a ", " a", "a'b", "''", "a\"b", "\"", "a\\b", "\\", "\\'", "\\u0041", "é", "e\u0301", "😀", "日本", "line\nbreak", "tab\there", "\r\n", "NULL", "null", "{a,b}", "[\"x\"]",
        "$[0]", "${x}", ":keys", ":1", "?", "@keys", "--", "/* */", "%", "_", "\u0001", "\u007f", "\u2028", ";", "1", "01", "1.0",
    ];

    private static readonly DateOnly[] Days = [new(1, 1, 1), new(1582, 10, 10), new(1969, 12, 31), new(1970, 1, 1), new(9999, 12, 31)];

    [FederatedTheory]
    [InlineData("postgres", KeyPassage.List)]
    [InlineData("postgres", KeyPassage.Array)]
    [InlineData("snowflake", KeyPassage.List)]
    [InlineData("snowflake", KeyPassage.Array)]
    [InlineData("snowflake", KeyPassage.Table)]
    [InlineData("bigquery", KeyPassage.List)]
    [InlineData("bigquery", KeyPassage.Array)]
    [InlineData("bigquery", KeyPassage.Table)]
    [InlineData("databricks", KeyPassage.List)]
    [InlineData("databricks", KeyPassage.Array)]
    [InlineData("databricks", KeyPassage.Table)]
    [InlineData("fabric", KeyPassage.List)]
    [InlineData("fabric", KeyPassage.Array)]
    [InlineData("fabric", KeyPassage.Table)]
    public async Task Keys_of_all_types_are_the_same_values_at_the_source(string source, KeyPassage passage)
    {
        var rows = Enumerable.Range(0, 2 * Texts.Length).Select(RowOf).ToImmutableArray();

        // The odd ones have no counterpart, but values that are near to theirs.
        var stored = rows.Select((row, i) => i % 2 == 0 ? row : Near(row)).ToImmutableArray();
        var remote = await RemoteOf(source);
        await using var tables = PlacedTables.None([remote]);
        await File.WriteAllTextAsync(Path.Combine(tables.Folder, "probe.csv"), CsvOf(rows));
        var policy = ReductionPolicy.Always with { Passages = [passage] };

        // How columns are stored follows from the seed; keys travel to a column of its own type.
        for (var seed = 1; seed <= MostSeeds; seed++)
        {
            await remote.LoadAsync(new GeneratedTable("stored", Columns, stored), seed, CancellationToken.None);
            await using var scenario = await AskAsync(remote, tables, policy, "all_parts");
            if ((await scenario.ExplainAsync(CancellationToken.None)).Fragments.Single(fragment => fragment.Source == source).Waits is not { } waits || waits.Columns.Length < Columns.Length)
            {
                continue;
            }

            await CompareAsync(scenario, remote, rows, stored, [0, 1, 2, 3], passage);

            // A statement takes Spark a second.
            for (var column = 0; column < Columns.Length && source != "databricks"; column++)
            {
                await using var single = await AskAsync(remote, tables, policy, $"by_{Columns[column].LogicalName}");
                await CompareAsync(single, remote, rows, stored, [column], passage);
            }

            Assert.Equal(0, await remote.KeyTablesAsync(CancellationToken.None));
            return;
        }

        Assert.Fail($"None of {MostSeeds} seeds stores all columns as they are declared.");
    }

    /// <summary>A table of keys is dropped also where the statement over it fails, and where a part of it could not be written.</summary>
    [FederatedTheory]
    [InlineData("snowflake", "SELECT")]
    [InlineData("snowflake", "INSERT")]
    [InlineData("bigquery", "SELECT")]
    [InlineData("bigquery", "INSERT")]
    [InlineData("databricks", "SELECT")]
    [InlineData("databricks", "INSERT")]
    [InlineData("fabric", "SELECT")]
    [InlineData("fabric", "INSERT")]
    public async Task No_table_of_keys_is_left_behind_a_failure(string source, string statement)
    {
        var remote = await RemoteOf(source);
        Assert.Equal("table", (await CountAsync(remote, TablesOnly, 50)).Keys!.Rung);
        await FailAsync(remote, statement);
        await Assert.ThrowsAsync<SourceException>(() => CountAsync(remote, TablesOnly, 50));
        Assert.Equal(0, await remote.KeyTablesAsync(CancellationToken.None));
    }

    [FederatedTheory]
    [InlineData("snowflake")]
    [InlineData("bigquery")]
    [InlineData("databricks")]
    [InlineData("fabric")]
    public async Task No_table_of_keys_is_left_behind_a_run_that_is_cancelled(string source)
    {
        var remote = await RemoteOf(source);
        var control = remote.Server!.Control;
        await control.AddFaultAsync(new JsonObject { ["match"] = Match(remote, "SELECT"), ["kind"] = "delay", ["ms"] = 1500 }, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var run = CountAsync(remote, TablesOnly, 50, cancellationToken: cancellation.Token);

        // Until the statement over the table is on its way.
        while (!run.IsCompleted && await control.WaitingFaultsAsync(CancellationToken.None) > 0)
        {
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(0, await remote.KeyTablesAsync(CancellationToken.None));
    }

    /// <summary>A run that has its members has them also where the table stays; and who hears of a failed run hears of the table, too.</summary>
    [FederatedTheory]
    [InlineData("snowflake")]
    [InlineData("bigquery")]
    [InlineData("databricks")]
    [InlineData("fabric")]
    public async Task A_table_of_keys_that_cannot_be_dropped_is_told_in_the_warnings_of_the_run(string source)
    {
        var remote = await RemoteOf(source);
        var sentence = $@"^The table of keys .*\Wfedseg_[0-9a-f]+_f[0-9]+\W* at {source} may still be there: .+ Drop it\.$";
        var heard = new ConcurrentQueue<string>();
        await FailAsync(remote, "DROP");
        Assert.Equal("table", (await CountAsync(remote, TablesOnly, 50, heard.Enqueue)).Keys!.Rung);
        Assert.Matches(sentence, Assert.Single(heard));
        Assert.Equal(1, await remote.KeyTablesAsync(CancellationToken.None));

        heard.Clear();
        await FailAsync(remote, "INSERT");
        await FailAsync(remote, "DROP");
        await Assert.ThrowsAsync<SourceException>(() => CountAsync(remote, TablesOnly, 50, heard.Enqueue));
        Assert.Matches(sentence, Assert.Single(heard));
        Assert.Equal(2, await remote.KeyTablesAsync(CancellationToken.None));
    }

    [FederatedFact]
    public async Task Without_a_scratch_schema_no_key_is_written()
    {
        var remote = await SnowflakeRemote.CreateAsync(CancellationToken.None);
        await using var reading = new SnowflakeConnector(
            "reading",
            new SnowflakeOptions { Endpoint = remote.Server!.Endpoint, Authentication = SnowflakeAuthentication.ProgrammaticAccessToken, Database = remote.Mark },
            new SnowflakeSecrets(_ => ValueTask.FromResult((string)remote.Server.Ready["pat"]!)),
            TimeProvider.System);
        Assert.DoesNotContain(reading.Capabilities.KeyRungs, rung => rung.Passage == KeyPassage.Table);
        await using var writing = remote.Connect();
        Assert.Contains(writing.Capabilities.KeyRungs, rung => rung.Passage == KeyPassage.Table);
    }

    /// <summary>As many keys as a rung takes travel on it, and one more on the next; where no rung takes them, all rows are fetched. The members never differ.</summary>
    [FederatedTheory]
    [InlineData(1_000, "list", KeyPassage.List, KeyPassage.Array)]
    [InlineData(1_001, "array", KeyPassage.List, KeyPassage.Array)]
    [InlineData(1_001, "none", KeyPassage.List)]
    [InlineData(16_385, "array", KeyPassage.List, KeyPassage.Array)]
    public async Task A_rung_takes_as_many_keys_as_it_says_and_the_next_one_more(int keys, string rung, params KeyPassage[] passages)
    {
        foreach (var source in new[] { "postgres", "snowflake" })
        {
            var remote = await RemoteOf(source);
            var policy = ReductionPolicy.Always with { Passages = [.. passages] };
            var fetched = await CountAsync(remote, policy, keys);
            Assert.Equal((rung, rung == "none" ? 40 : 20), (fetched.Keys!.Rung, fetched.Rows));
        }
    }

    private static ReductionPolicy TablesOnly { get; } = ReductionPolicy.Always with { Passages = [KeyPassage.Table] };

    // The next such statement over a table of keys fails. The server is shared: no other run may meet the fault.
    private static Task FailAsync(RemoteDatabase remote, string statement)
        => remote.Server!.Control.AddFaultAsync(new JsonObject { ["match"] = Match(remote, statement), ["kind"] = remote.Source == "fabric" ? "error" : "status", ["status"] = 500, ["times"] = 1 }, CancellationToken.None);

    private static JsonObject Match(RemoteDatabase remote, string statement) => new() { ["statement"] = $"(^|\"(statement|query)\":\"){statement}[^]*{remote.Mark}" };

    // Twenty rows with keys among those that are asked for, and twenty with others.
    private static async Task<Reports.FragmentReport> CountAsync(RemoteDatabase remote, ReductionPolicy policy, int keys, Action<string>? warned = null, CancellationToken cancellationToken = default)
    {
        var heard = new ConcurrentQueue<string>();
        ImmutableArray<GeneratedColumn> column = [new("k", "k", "int64", null)];
        for (var seed = 1; seed <= MostSeeds; seed++)
        {
            await using var tables = PlacedTables.None([remote]);
            await File.WriteAllLinesAsync(Path.Combine(tables.Folder, "probe.csv"), Enumerable.Range(1, keys).Select(key => key.ToString(CultureInfo.InvariantCulture)).Prepend("id"), CancellationToken.None);
            await remote.LoadAsync(new GeneratedTable("stored", column, [.. Enumerable.Range(0, 40).Select(i => ImmutableArray.Create<Value>(new Value.Integer(i < 20 ? i + 1 : -i)))]), seed, CancellationToken.None);
            var table = RemoteDatabase.TableOf("stored").Replace("\"", "\\\"", StringComparison.Ordinal);
            await using var scenario = await Scenario.AskAsync(
                $$$"""
                {"probe":{"source":"lake","table":["probe.csv"],"key":["id"],"columns":{"id":"int64"} },
                 "stored":{"source":"{{{remote.Source}}}","table":["{{{table}}}"],"columns":{"k":"int64"} } }
                """,
                """[{"name":"rows","from":"probe","to":"stored","on":{"id":"k"},"cardinality":"one_to_many"}]""",
                "probe",
                """{"has":"rows"}""",
                tables,
                policy,
                CancellationToken.None);
            scenario.Warned = message =>
            {
                heard.Enqueue(message);
                warned?.Invoke(message);
            };
            var members = await scenario.MembersAsync(cancellationToken);
            Assert.Equal(heard, scenario.LastRun!.Warnings);
            Assert.Equal(Enumerable.Range(1, 20).Select(key => key.ToString(CultureInfo.InvariantCulture)), members.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            if (scenario.LetKeysTravel)
            {
                return scenario.LastRun.Fragments.Single(fragment => fragment.Source == remote.Source);
            }
        }

        throw new InvalidOperationException($"None of {MostSeeds} seeds stores the column as it is declared.");
    }

    private static async Task CompareAsync(
        Scenario scenario, RemoteDatabase remote, ImmutableArray<ImmutableArray<Value>> rows, ImmutableArray<ImmutableArray<Value>> stored, int[] parts, KeyPassage passage)
    {
        string KeyOf(ImmutableArray<Value> row) => string.Join('\u0000', parts.Select(part => TextOf(row[part])));
        var there = stored.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        var asked = rows.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        var expected = rows.Select((row, i) => (Id: i, Key: KeyOf(row))).Where(row => there.Contains(row.Key)).Select(row => row.Id).ToList();
        var members = (await scenario.MembersAsync(CancellationToken.None)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture));
        Assert.Equal(expected, members);
        var fetched = scenario.LastRun!.Fragments.Single(fragment => fragment.Source == remote.Source);
        Assert.Equal((passage.ToString().ToLowerInvariant(), asked.Count), (fetched.Keys!.Rung, fetched.Keys.Count));
        Assert.Equal(there.Count(key => asked.Contains(key)), fetched.Rows);
    }

    private static Task<Scenario> AskAsync(RemoteDatabase remote, PlacedTables tables, ReductionPolicy policy, string relationship)
    {
        var columns = string.Join(',', Columns.Select(column => $"\"{column.LogicalName}\":\"{column.Type}\""));
        var table = RemoteDatabase.TableOf("stored").Replace("\"", "\\\"", StringComparison.Ordinal);
        var entities = $$"""
            {"probe":{"source":"lake","table":["probe.csv"],"key":["id"],"columns":{"id":"int64",{{columns}} } },
             "stored":{"source":"{{remote.Source}}","table":["{{table}}"],"columns":{{{columns}}} } }
            """;
        string Relationship(string name, IEnumerable<GeneratedColumn> on)
            => $$"""{"name":"{{name}}","from":"probe","to":"stored","on":{{{string.Join(',', on.Select(column => $"\"{column.LogicalName}\":\"{column.LogicalName}\""))}}},"cardinality":"many_to_many"}""";
        var relationships = $"[{Relationship("all_parts", Columns)},{string.Join(',', Columns.Select(column => Relationship($"by_{column.LogicalName}", [column])))}]";
        return Scenario.AskAsync(entities, relationships, "probe", $$"""{"has":"{{relationship}}"}""", tables, policy, CancellationToken.None);
    }

    private static Task<RemoteDatabase> RemoteOf(string source) => source switch
    {
        "postgres" => PostgresRemote.CreateAsync(CancellationToken.None),
        "snowflake" => SnowflakeRemote.CreateAsync(CancellationToken.None),
        "bigquery" => BigQueryRemote.CreateAsync(CancellationToken.None),
        "databricks" => DatabricksRemote.CreateAsync(CancellationToken.None),
        _ => FabricRemote.CreateAsync(CancellationToken.None),
    };

    private static ImmutableArray<Value> RowOf(int i) =>
    [
        new Value.Integer(Numbers[i % Numbers.Length]),
        new Value.Decimal(Units[i % Units.Length], 10),
        new Value.Text(Texts[i / 2]),
        new Value.Date(Days[i % Days.Length].DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber),
    ];

    private static ImmutableArray<Value> Near(ImmutableArray<Value> row) => row.SetItem(2, new Value.Text(((Value.Text)row[2]).Characters + " "));

    private static string TextOf(Value value) => value switch
    {
        Value.Integer number => number.Number.ToString(CultureInfo.InvariantCulture),
        Value.Decimal exact => DecimalText(exact),
        Value.Text text => text.Characters,
        Value.Date day => DateOnly.FromDayNumber((int)day.Days + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    private static string DecimalText(Value.Decimal exact)
    {
        var digits = BigInteger.Abs(exact.Unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(exact.Scale + 1, '0');
        return $"{(exact.Unscaled.Sign < 0 ? "-" : "")}{digits[..^exact.Scale]}.{digits[^exact.Scale..]}";
    }

    private static string CsvOf(ImmutableArray<ImmutableArray<Value>> rows)
    {
        var text = new StringBuilder("id,k,d,t,day\n");
        for (var i = 0; i < rows.Length; i++)
        {
            text.Append(i).Append(',').AppendJoin(',', rows[i].Select(value => $"\"{TextOf(value).Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append('\n');
        }

        return text.ToString();
    }
}
