using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Postgres;
using static FederatedSegmentation.Connectors.Postgres.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

/// <summary>What the connector finds out about tables.</summary>
public sealed class CatalogTests
{
    [PostgresFact]
    public async Task Each_column_has_the_storage_of_its_type()
    {
        var database = await DatabaseAsync("""
            CREATE TYPE mood AS ENUM ('good', 'bad');
            CREATE DOMAIN short AS int2;
            CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE t (b boolean, i int, n numeric(12,2), loose numeric, f4 real, f8 float8, s text, v varchar(3) COLLATE "C", padded char(3), ci text COLLATE any_case,
              day date, at timestamptz, clock timestamp, bin bytea, mood mood, short short, list int[], u uuid);
            INSERT INTO t (i) SELECT generate_series(1, 1000); ANALYZE t;
            """);
        await using var source = Connector(database);
        string[] names = ["b", "i", "n", "loose", "f4", "f8", "s", "v", "padded", "ci", "day", "at", "clock", "bin", "mood", "short", "list", "u"];
        var table = Assert.Single(await source.DescribeAsync([Entity("thing", ["t"], [.. names.Select(name => (name, (DataType)DataTypes.String))])], default));
        Assert.Equal(
            [
                new StoredBoolean(), new StoredInteger(), new StoredDecimal(12, 2), new StoredOther("numeric"), new StoredFloat(32), new StoredFloat(64), new StoredText(), new StoredText("pg_catalog.\"C\""),
                new StoredCollatedText("character(n) ignores trailing spaces"), new StoredCollatedText("collation public.any_case is not deterministic"), new StoredDate(), new StoredInstant(), new StoredWallClock(),
                new StoredBinary(), new StoredOther("public.mood"), new StoredInteger(), new StoredNested("integer[]"), new StoredOther("uuid"),
            ],
            names.Select(name => table.Columns[name]));
        Assert.Equal(1000, table.Rows);
        Assert.True(table.Bytes > 1000);
    }

    [PostgresFact]
    public async Task All_that_is_missing_is_told_together_with_the_nearest_names()
    {
        var database = await DatabaseAsync("CREATE TABLE customers (id bigint, country text); CREATE TABLE \"Orders\" (id bigint)");
        await using var source = Connector(database);
        var failure = await Assert.ThrowsAnyAsync<FederatedSegmentationException>(() => source.DescribeAsync(
            [
                Entity("customer", ["customers"], ("id", DataTypes.Int64), ("contry", DataTypes.String)),
                Entity("order", ["orders"], ("id", DataTypes.Int64)),
                Entity("visit", ["nowhere", "visits"], ("id", DataTypes.Int64)),
            ],
            default));
        Assert.Equal(["SRC005", "SRC004", "SRC004"], failure.Problems.Select(problem => problem.Code));
        Assert.Contains("Did you mean \"country\"?", failure.Problems[0].Hint, StringComparison.Ordinal);
        Assert.Contains("Did you mean \"Orders\"? Letter case matters.", failure.Problems[1].Hint, StringComparison.Ordinal);
        Assert.Contains("has no schema \"nowhere\"", failure.Problems[2].Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_missing_grant_is_told_with_the_statement_that_gives_it()
    {
        var database = await DatabaseAsync("CREATE TABLE t (id bigint, secret text); CREATE SCHEMA closed; CREATE TABLE closed.t (id bigint)");
        var role = "limited_" + database.Name;
        await database.ExecuteAsync($"CREATE ROLE {PostgresDatabase.Quote(role)} LOGIN PASSWORD 'p'; GRANT USAGE ON SCHEMA public TO {PostgresDatabase.Quote(role)}; GRANT SELECT (id) ON t TO {PostgresDatabase.Quote(role)}", default);
        await using var source = Connector(Options(database) with { User = role }, "p");
        await FailsAsync(
            () => source.DescribeAsync([Entity("thing", ["t"], ("id", DataTypes.Int64), ("secret", DataTypes.String))], default),
            "SRC006", "may not read all declared columns of", $"GRANT SELECT (\"secret\") ON \"public\".\"t\" TO \"{role}\";");
        await FailsAsync(
            () => source.DescribeAsync([Entity("thing", ["closed", "t"], ("id", DataTypes.Int64))], default),
            "SRC006", $"GRANT USAGE ON SCHEMA \"closed\" TO \"{role}\"; GRANT SELECT ON \"closed\".\"t\" TO \"{role}\";");
    }

    [PostgresFact]
    public async Task Another_database_is_another_source()
    {
        var database = await DatabaseAsync();
        await using var source = Connector(database);
        await FailsAsync(() => source.DescribeAsync([Entity("thing", ["other", "public", "t"], ("id", DataTypes.Int64))], default), "SRC004", "other.public.t", "another database is another source");
    }

    [PostgresFact]
    public async Task Tables_are_discovered_with_their_keys_and_suggested_types()
    {
        var database = await DatabaseAsync("""
            CREATE TABLE customer (id bigint PRIMARY KEY, amount numeric(10,2), loose numeric, at timestamptz, tags text[], u uuid);
            CREATE SCHEMA sales;
            CREATE TABLE sales."Order" (id text PRIMARY KEY, customer bigint REFERENCES customer);
            """);
        await using var source = Connector(database);
        var tables = await source.DiscoverAsync(default);
        Assert.Equal(["customer", "sales.Order"], tables.Select(table => string.Join('.', table.Table)));
        Assert.Equal(["int64", "decimal(10,2)", "decimal(38,10)", "timestamp", null, "string"], tables[0].Columns.Select(column => column.SuggestedType));
        Assert.Equal("id", Assert.Single(tables[0].PrimaryKey));
        var key = Assert.Single(tables[1].ForeignKeys);
        Assert.Equal(("customer", "customer", "id"), (string.Join('.', key.Columns), string.Join('.', key.ReferencedTable), string.Join('.', key.ReferencedColumns)));
    }
}
