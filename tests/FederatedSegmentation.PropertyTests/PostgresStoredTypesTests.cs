using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Testing.Postgres;
using Xunit;

namespace FederatedSegmentation.PropertyTests;

/// <summary>What PostgreSQL stores and the language does not know, or compares by other rules than the language: never a wrong member.</summary>
public sealed class PostgresStoredTypesTests
{
    private const string Twice = """[{"name":"alike","from":"thing","to":"thing","on":{"y":"x"},"cardinality":"many_to_many","inverse":"back"}]""";

    [PostgresTheory]
    [InlineData("""{"field":"x","eq":{"ref":"y"}}""", "1")]
    [InlineData("""{"field":"x","ne":{"ref":"y"}}""", "2,3")]
    [InlineData("""{"field":"x","lt":{"ref":"y"}}""", "2,3")]
    [InlineData("""{"field":"x","starts":{"ref":"y"}}""", "1")]
    [InlineData("""{"field":"x","contains":{"ref":"y"},"ci":true}""", "1,2")]
    [InlineData("""{"field":"x","ends":"É"}""", "3")]
    [InlineData("""{"field":"x","in":[{"ref":"y"},"b"]}""", "1")]
    [InlineData("""{"field":"x","between":["A","a"]}""", "2")]
    [InlineData("""{"has":"alike"}""", "1,4")]
    [InlineData("""{"has":"alike","agg":{"max":"x","gt":"z"}}""", "1,4")]
    [InlineData("""{"not":{"has":"alike","where":{"field":"y","eq":"é"}}}""", "2,3")]
    public async Task Text_compares_by_its_bytes_whatever_the_collations_of_its_columns(string where, string keys)
    {
        foreach (var (first, second) in new[] { ("de-x-icu", "sv-x-icu"), ("any_case", "de-x-icu"), ("C", "any_case"), ("any_case", "other_case"), ("default", "sv-x-icu") })
        {
            var database = await PostgresRemote.OpenAsync(CancellationToken.None);
            await database.ExecuteAsync(
                $"""
                CREATE COLLATION other_case (provider = icu, locale = 'de-u-ks-level2', deterministic = false);
                CREATE TABLE thing (id bigint, x text COLLATE "{first}", y text COLLATE "{second}");
                INSERT INTO thing VALUES (1, 'é', 'é'), (2, 'B', 'b'), (3, 'É', 'é́'), (4, NULL, 'é');
                """,
                CancellationToken.None);
            Assert.Equal(keys, await KeysAsync(database, Thing("string"), where, Twice));
        }
    }

    [PostgresFact]
    public async Task The_padding_of_character_n_is_no_part_of_its_value()
    {
        var database = await TableAsync("x character(6), y text", "(1, 'ab', 'ab'), (2, 'ab', 'ab    '), (3, '', ''), (4, 'AB', 'ab')");
        Assert.Equal("1,2", await KeysAsync(database, Thing("string"), """{"field":"x","eq":"ab"}"""));
        Assert.Equal("1,3", await KeysAsync(database, Thing("string"), """{"field":"x","eq":{"ref":"y"}}"""));
        Assert.Equal("1,2", await KeysAsync(database, Thing("string"), """{"field":"x","ends":"b"}"""));
        Assert.Equal("3", await KeysAsync(database, Thing("string"), """{"field":"x","empty":true}"""));
        Assert.Equal("1,3,4", await KeysAsync(database, Thing("string"), """{"has":"alike"}""", Twice));
    }

    [PostgresTheory]
    [InlineData("x date, y date", "date", "'infinity'", "\"2026-01-01\"")]
    [InlineData("x timestamptz, y timestamptz", "timestamp", "'infinity'", "\"2026-01-01\"")]
    [InlineData("x timestamp, y timestamp", "datetime", "'12026-01-01'", "\"2026-01-01\"")]
    [InlineData("x numeric(10,2), y numeric(10,2)", "decimal(10,2)", "'NaN'", "5")]
    [InlineData("x numeric, y numeric", "decimal(10,2)", "'Infinity'", "5")]
    [InlineData("x numeric, y numeric", "decimal(10,2)", "'12.345'", "5")]
    [InlineData("x numeric(38,0), y numeric(38,0)", "decimal(10,2)", "'123456789012'", "5")]
    public async Task A_value_that_the_type_does_not_have_is_never_taken_for_a_great_one(string columns, string type, string value, string bound)
    {
        var database = await TableAsync(columns, $"(1, {value}, NULL)");
        foreach (var where in new[]
        {
            $$"""{"field":"x","gt":{{bound}} }""", $$"""{"not":{"field":"x","lte":{{bound}} } }""", $$"""{"field":"x","ne":{{bound}} }""",
            $$"""{"has":"alike","agg":{"max":"x","gt":{{bound}} } }""", """{"field":"x","gte":{"ref":"y"}}""",
        })
        {
            await database.ExecuteAsync("UPDATE thing SET y = x", CancellationToken.None);
            Assert.Equal("DAT001", await ProblemAsync(database, Thing(type), where, Twice));
        }
    }

    [PostgresFact]
    public async Task A_sum_over_what_is_no_number_is_a_data_error()
    {
        var database = await TableAsync("x numeric(10,2), y numeric(10,2)", "(1, 'NaN', 1), (2, 7, 1)");
        var all = Twice.Replace("\"y\":\"x\"", "\"y\":\"y\"", StringComparison.Ordinal);
        foreach (var aggregate in new[] { """{"sum":"x","gt":5}""", """{"avg":"x","gt":5}""", """{"sum":"x","lt":5,"empty_as":0}""" })
        {
            Assert.Equal("DAT001", await ProblemAsync(database, Thing("decimal(10,2)"), $$"""{"has":"alike","agg":{{aggregate}} }""", all));
        }
    }

    [PostgresTheory]
    [InlineData("x date, y date", "date", "'-infinity'", "\"2026-01-01\"")]
    [InlineData("x date, y date", "date", "'0044-03-15 BC'", "\"2026-01-01\"")]
    [InlineData("x timestamptz, y timestamptz", "timestamp", "'0044-03-15 BC'", "\"2026-01-01\"")]
    [InlineData("x timestamp, y timestamp", "datetime", "'-infinity'", "\"2026-01-01\"")]
    public async Task A_value_that_the_type_does_not_have_is_never_taken_for_a_small_one(string columns, string type, string value, string bound)
    {
        var database = await TableAsync(columns, $"(1, {value}, NULL)");
        Assert.Equal("DAT001", await ProblemAsync(database, Thing(type), $$"""{"field":"x","lt":{{bound}} }"""));
        Assert.Equal("DAT001", await ProblemAsync(database, Thing(type), $$"""{"not":{"field":"x","gte":{{bound}} } }"""));
    }

    [PostgresFact]
    public async Task Nulls_and_the_ends_of_the_calendar_pass_the_check_of_times()
    {
        var database = await TableAsync("x date, y date", "(1, '0001-01-01', NULL), (2, '9999-12-31', NULL), (3, NULL, NULL)");
        Assert.Equal("1,3", await KeysAsync(database, Thing("date"), """{"not":{"field":"x","gt":"2026-01-01"}}"""));
        Assert.Equal("2", await KeysAsync(database, Thing("date"), """{"field":"x","gt":"2026-01-01"}"""));
    }

    [PostgresFact]
    public async Task A_sum_of_more_than_38_digits_is_a_data_error()
    {
        var database = await TableAsync("x numeric(38,0), y numeric(38,0)", "(1, 99999999999999999999999999999999999999, 1), (2, 99999999999999999999999999999999999999, 1)");
        var all = Twice.Replace("\"y\":\"x\"", "\"y\":\"y\"", StringComparison.Ordinal);
        Assert.Equal("DAT004", await ProblemAsync(database, Thing("decimal(38,0)"), """{"has":"alike","agg":{"sum":"x","gt":5}}""", all));
    }

    [PostgresFact]
    public async Task Domains_enumerations_and_text_of_any_case_are_read_as_their_text()
    {
        var database = await PostgresRemote.OpenAsync(CancellationToken.None);
        await database.ExecuteAsync(
            """
            CREATE DOMAIN short AS varchar(5); CREATE DOMAIN shorter AS short; CREATE TYPE grade AS ENUM ('low', 'high');
            CREATE TABLE thing (id bigint, x shorter, y grade);
            INSERT INTO thing VALUES (1, 'high', 'high'), (2, 'low', 'high'), (3, NULL, 'low');
            """,
            CancellationToken.None);
        Assert.Equal("1", await KeysAsync(database, Thing("string"), """{"field":"x","eq":{"ref":"y"}}"""));
        Assert.Equal("3", await KeysAsync(database, Thing("string"), """{"field":"y","gt":"high"}"""));
        Assert.Equal("1", await KeysAsync(database, Thing("string"), """{"field":"x","starts":"hi"}"""));
    }

    [PostgresTheory]
    [InlineData("text[]", "'{a,b}'")]
    [InlineData("int4range", "'[1,2)'")]
    [InlineData("pair", "'(1,2)'")]
    public async Task A_column_without_a_plain_value_is_refused_only_where_it_is_read(string type, string value)
    {
        var database = await PostgresRemote.OpenAsync(CancellationToken.None);
        await database.ExecuteAsync($"CREATE TYPE pair AS (a int, b int); CREATE TABLE thing (x {type}, id bigint, y text); INSERT INTO thing VALUES ({value}, 1, 'a')", CancellationToken.None);
        Assert.Equal("1", await KeysAsync(database, Thing("string"), """{"field":"y","eq":"a"}"""));
        Assert.Equal("SRC104", await ProblemAsync(database, Thing("string"), """{"field":"x","eq":"a"}"""));
    }

    [PostgresFact]
    public async Task A_date_has_no_hours()
    {
        var database = await TableAsync("x date, y date", "(1, '2026-01-01', NULL)");
        Assert.Equal("SDL007", await ProblemAsync(database, Thing("date"), """{"field":"x","part":{"of":"hour","eq":0}}"""));
        Assert.Equal("1", await KeysAsync(database, Thing("date"), """{"field":"x","part":{"of":"dow","eq":4}}"""));
    }

    private static string Thing(string type) => $$"""{"thing":{"source":"postgres","table":["thing"],"key":["id"],"columns":{"id":"int64","x":"{{type}}","y":"{{type}}"} } }""";

    private static async Task<PostgresRemote> TableAsync(string columns, string rows)
    {
        var database = await PostgresRemote.OpenAsync(CancellationToken.None);
        await database.ExecuteAsync($"CREATE TABLE thing (id bigint, {columns}); INSERT INTO thing VALUES {rows}", CancellationToken.None);
        return database;
    }

    private static async Task<string> KeysAsync(PostgresRemote database, string entities, string where, string relationships = "[]")
    {
        await using var tables = PlacedTables.None([database]);
        await using var scenario = await Scenario.AskAsync(entities, relationships, "thing", where, tables, CancellationToken.None);
        return (await scenario.MembersAsync(CancellationToken.None)).TrimEnd('\n').Replace('\n', ',');
    }

    private static async Task<string> ProblemAsync(PostgresRemote database, string entities, string where, string relationships = "[]")
    {
        await using var tables = PlacedTables.None([database]);
        await using var scenario = await Scenario.AskAsync(entities, relationships, "thing", where, tables, CancellationToken.None);
        var thrown = await Assert.ThrowsAnyAsync<FederatedSegmentationException>(() => scenario.MembersAsync(CancellationToken.None));
        return thrown.Problems[0].Code;
    }
}
