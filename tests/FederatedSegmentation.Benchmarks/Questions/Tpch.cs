using System.Diagnostics;
using System.Globalization;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Benchmarks.Questions;

/// <summary>The tables of TPC-H and ten questions about its customers.</summary>
internal static class Tpch
{
    private const string Model = """
        model: tpch
        entities:
          customer:
            source: lake
            table: [customer.parquet]
            key: [c_custkey]
            columns: {c_custkey: int64, c_nationkey: int64, c_mktsegment: string, c_acctbal: "decimal(15,2)"}
          nation:
            source: lake
            table: [nation.parquet]
            key: [n_nationkey]
            columns: {n_nationkey: int64, n_regionkey: int64, n_name: string}
          region:
            source: lake
            table: [region.parquet]
            key: [r_regionkey]
            columns: {r_regionkey: int64, r_name: string}
          order:
            source: lake
            table: [orders.parquet]
            key: [o_orderkey]
            columns: {o_orderkey: int64, o_custkey: int64, o_orderstatus: string, o_totalprice: "decimal(15,2)", o_orderdate: date, o_orderpriority: string}
          item:
            source: lake
            table: [lineitem.parquet]
            key: [l_orderkey, l_linenumber]
            columns: {l_orderkey: int64, l_linenumber: int64, l_partkey: int64, l_quantity: "decimal(15,2)", l_returnflag: string, l_shipmode: string, l_commitdate: date, l_receiptdate: date}
          part:
            source: lake
            table: [part.parquet]
            key: [p_partkey]
            columns: {p_partkey: int64, p_brand: string}
        relationships:
          - {name: nation, from: customer, to: nation, on: {c_nationkey: n_nationkey}, cardinality: many_to_one, inverse: customers}
          - {name: region, from: nation, to: region, on: {n_regionkey: r_regionkey}, cardinality: many_to_one, inverse: nations}
          - {name: orders, from: customer, to: order, on: {c_custkey: o_custkey}, cardinality: one_to_many, inverse: customer}
          - {name: items, from: order, to: item, on: {o_orderkey: l_orderkey}, cardinality: one_to_many, inverse: order}
          - {name: part, from: item, to: part, on: {l_partkey: p_partkey}, cardinality: many_to_one, inverse: items}
        """;

    // One entry is one question.
    private static readonly Question[] Questions =
    [
        new("builders", "{all: [{field: c_mktsegment, eq: BUILDING}, {field: c_acctbal, gt: 5000}]}",
            "SELECT c_custkey FROM 'customer.parquet' WHERE c_mktsegment = 'BUILDING' AND c_acctbal > 5000"),
        new("europeans", "{field: nation.region.r_name, eq: EUROPE}",
            "SELECT c_custkey FROM 'customer.parquet' JOIN 'nation.parquet' ON c_nationkey = n_nationkey JOIN 'region.parquet' ON n_regionkey = r_regionkey WHERE r_name = 'EUROPE'"),
        new("frequent", "{has: orders, agg: {count: '*', gte: 20}}", Grouped("SELECT o_custkey AS k FROM 'orders.parquet' GROUP BY k HAVING count(*) >= 20")),
        new("big_spenders", "{has: orders, agg: {sum: o_totalprice, gte: 2500000}}", Grouped("SELECT o_custkey AS k FROM 'orders.parquet' GROUP BY k HAVING sum(o_totalprice) >= 2500000")),
        new("never_ordered", "{none: orders}", "SELECT c_custkey FROM 'customer.parquet' ANTI JOIN 'orders.parquet' ON o_custkey = c_custkey"),
        new("by_air", "{has: orders.items, where: {field: l_shipmode, eq: AIR}, agg: {count: '*', gte: 15}}",
            Grouped("SELECT o_custkey AS k FROM 'orders.parquet' JOIN 'lineitem.parquet' ON l_orderkey = o_orderkey WHERE l_shipmode = 'AIR' GROUP BY k HAVING count(*) >= 15")),
        new("urgent_in_1997", "{has: orders, where: {all: [{field: o_orderpriority, eq: 1-URGENT}, {field: o_orderdate, between: ['1997-01-01', '1997-12-31']}]}, agg: {count: '*', gte: 2}}",
            Grouped("SELECT o_custkey AS k FROM 'orders.parquet' WHERE o_orderpriority = '1-URGENT' AND o_orderdate BETWEEN DATE '1997-01-01' AND DATE '1997-12-31' GROUP BY k HAVING count(*) >= 2")),
        new("all_filled", "{every: orders, must: {field: o_orderstatus, eq: F}}", Grouped("SELECT o_custkey AS k FROM 'orders.parquet' GROUP BY k HAVING bool_and(o_orderstatus = 'F')"),
            """
            SELECT c_custkey FROM 'customer.parquet' ANTI JOIN (SELECT o_custkey FROM 'orders.parquet' WHERE o_orderstatus <> 'F') d ON d.o_custkey = c_custkey
            SEMI JOIN 'orders.parquet' o ON o.o_custkey = c_custkey
            """),
        new("late_parcels", "{has: orders.items, where: {field: l_receiptdate, gt: {ref: l_commitdate}}, agg: {count: '*', gte: 50}}",
            Grouped("SELECT o_custkey AS k FROM 'orders.parquet' JOIN 'lineitem.parquet' ON l_orderkey = o_orderkey WHERE l_receiptdate > l_commitdate GROUP BY k HAVING count(*) >= 50")),
        new("returned_a_brand", "{has: orders.items, where: {all: [{field: l_returnflag, eq: R}, {field: part.p_brand, eq: 'Brand#23'}]}, agg: {sum: l_quantity, gte: 30}}",
            Grouped("""
                SELECT o_custkey AS k FROM 'orders.parquet' JOIN 'lineitem.parquet' ON l_orderkey = o_orderkey JOIN 'part.parquet' ON p_partkey = l_partkey
                WHERE l_returnflag = 'R' AND p_brand = 'Brand#23' GROUP BY k HAVING sum(l_quantity) >= 30
                """)),
    ];

    /// <summary>The questions; the data is made by <see cref="WriteAsync"/>.</summary>
    internal static Dataset Dataset { get; } = new("tpch", Model, "customer", "c_custkey", new DateTimeOffset(1998, 8, 2, 0, 0, 0, TimeSpan.Zero), [.. Questions]);

    /// <summary>Makes the files, or returns why it cannot.</summary>
    internal static async Task<string?> WriteAsync(string folder, double scale, CancellationToken cancellationToken)
    {
        if (await ExtensionsAsync(cancellationToken) is not { } extensions)
        {
            return "the DuckDB extension tpch is not at ../shared/duckdb";
        }

        await using var instance = DuckDbInstance.Open(new DuckDbOptions { MemoryLimitBytes = BenchmarkOptions.MemoryLimitBytes, TempDirectory = folder });
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync($"LOAD '{extensions}/v1.5.5/linux_amd64/tpch.duckdb_extension'", cancellationToken);
        await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"CALL dbgen(sf = {scale})"), cancellationToken);
        foreach (var table in (string[])["customer", "nation", "region", "orders", "lineitem", "part"])
        {
            await connection.ExecuteAsync($"COPY {table} TO '{folder}/{table}.parquet' (FORMAT parquet)", cancellationToken);
        }

        return null;
    }

    private static string Grouped(string keys) => $"SELECT c_custkey FROM 'customer.parquet' SEMI JOIN ({keys}) g ON g.k = c_custkey";

    // The material lies beside the repository; its script unpacks it once and prints where.
    private static async Task<string?> ExtensionsAsync(CancellationToken cancellationToken)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "shared", "duckdb", "install");
            if (File.Exists(script))
            {
                using var install = Process.Start(new ProcessStartInfo("sh", [script]) { RedirectStandardOutput = true })!;
                var printed = await install.StandardOutput.ReadToEndAsync(cancellationToken);
                await install.WaitForExitAsync(cancellationToken);
                return install.ExitCode == 0 ? printed.Trim() : null;
            }
        }

        return null;
    }
}
