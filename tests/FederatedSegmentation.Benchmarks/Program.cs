using System.Globalization;
using FederatedSegmentation.Benchmarks;
using FederatedSegmentation.Benchmarks.Questions;
using FederatedSegmentation.DuckDb;

using var interruption = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interruption.Cancel();
};
var stop = interruption.Token;
if (args is [MemoryBenchmark.ChildVerb, var side, var dataset, var place, var id])
{
    await MemoryBenchmark.ChildAsync(Dataset.Find(dataset), side, place, id, stop);
    return 0;
}

if (BenchmarkOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}

var root = options.Data is { } kept ? Directory.CreateDirectory(kept) : Directory.CreateTempSubdirectory("fedseg-bench-");
try
{
    foreach (var part in options.Parts)
    {
        var report = new ReportText(await HeadAsync());
        var busy = await Figures.BusyAsync(stop);
        await RunAsync(part, report);
        if (busy is { } share)
        {
            report.Paragraph(string.Create(CultureInfo.InvariantCulture, $"Other work held {share:P0} of the processors in the two seconds before this part."));
        }

        if (options.Report is { } file)
        {
            // After each part, so that an interrupted run leaves what it has measured.
            await report.SaveAsync(file, stop);
        }
    }

    return 0;
}
finally
{
    if (options.Data is null)
    {
        root.Delete(recursive: true);
    }
}

async Task RunAsync(string part, ReportText report)
{
    switch (part)
    {
        case "endtoend":
            report.Section("End to end over Parquet", string.Create(
                CultureInfo.InvariantCulture,
                $"{10_000_000 * options.Scale:N0} events of {1_000_000 * options.Scale:N0} customers. {SideBySide}"));
            await EndToEndBenchmark.RunAsync(Shop.Dataset, await ShopAsync(), options, report, stop);
            break;
        case "tpch":
            report.Section("TPC-H", string.Create(CultureInfo.InvariantCulture, $"Scale factor {options.Scale}. {SideBySide}"));
            var tpch = Path.Combine(root.FullName, "tpch");
            if (!Directory.Exists(tpch) && await Tpch.WriteAsync(Directory.CreateDirectory(tpch).FullName, options.Scale, stop) is { } reason)
            {
                report.Paragraph($"NOT RUN: {reason}.");
                break;
            }

            await CaseRunner.WriteDefinitionsAsync(tpch, Tpch.Dataset, stop);
            await EndToEndBenchmark.RunAsync(Tpch.Dataset, tpch, options, report, stop);
            break;
        case "behaviour":
            report.Section("Behaviour over time, hierarchies and ranks", string.Create(
                CultureInfo.InvariantCulture,
                $"{10_000_000 * options.Scale:N0} events, a twentieth of them of one of {1_000_000 * options.Scale:N0} customers. {SideBySide}"));
            var behaviour = Path.Combine(root.FullName, "behaviour");
            if (!Directory.Exists(behaviour))
            {
                await Behaviour.WriteAsync(Directory.CreateDirectory(behaviour).FullName, options.Scale, stop);
            }

            await CaseRunner.WriteDefinitionsAsync(behaviour, Behaviour.Dataset, stop);
            await EndToEndBenchmark.RunAsync(Behaviour.Dataset, behaviour, options, report, stop);
            break;
        case "skew":
            report.Section("Sequences over skewed events", "A twentieth of all events are of one customer. First against a self-join that makes the pairs, then alone: the time from the definition to the renamed file, and the peak of a process that does nothing else.");
            await SkewBenchmark.RunAsync(Directory.CreateDirectory(Path.Combine(root.FullName, "skew")).FullName, options, report, stop);
            break;
        case "memory":
            report.Section("Peak memory", "The first part's segments again, each side in a process of its own (`VmHWM`), both on the .NET runtime; of several statements the one with the lowest peak.");
            await MemoryBenchmark.RunAsync(Shop.Dataset, await ShopAsync(), report, stop);
            break;
        case "planning":
            report.Section("Planning", "From the segment's text to the statements for two PostgreSQL sources, warm; the model is loaded and its tables are described once. A node is a leaf, a container or a combination.");
            await PlanningBenchmark.RunAsync(report);
            break;
        case "bigmodel":
            report.Section("A large model", "6,000 entities of nine columns and 10,000 relationships, loaded from YAML; then a segment over it is planned.");
            PlanningBenchmark.RunLargeModel(report);
            break;
        case "postgres":
            report.Section("PostgreSQL to the engine", "A fragment, from submitting it until its last row is in the engine, against `COPY (…) TO STDOUT (FORMAT binary)` of the same statement over the same loopback, its bytes thrown away. The server runs on the same processors.");
            await TransferBenchmark.RunAsync(Directory.CreateDirectory(Path.Combine(root.FullName, "postgres")).FullName, options, report, stop);
            break;
        case "snowflake":
            report.Section("Partitions of Snowflake", "Canned results of the local server, from submitting the statement until the last row is in a batch, against the vendor's own client for Node, which reads the same rows from the same server by its own protocol. Server and clients run on the same processors.");
            await PartitionsBenchmark.RunAsync(options, report, stop);
            break;
        case "databricks":
            report.Section("External links of Databricks to the engine", "Canned Arrow streams of the local workspace, from the end of the statement until every value of every row was in a vector of the engine (a statement counts them; the column beside it is one that hashes every row), against a bare `HttpClient` that reads the same links, four at once, and throws the bytes away: that is also the ceiling of the server, which runs on the same processors.");
            await LinksBenchmark.RunAsync(options, report, stop);
            break;
        case "bigquery":
            report.Section("BigQuery to the engine", "Canned results of the local server. The Storage Read API, from the end of the statement until every value of every row was in a vector of the engine (a statement counts them; the column beside it is one that hashes every row), against a bare HTTP/2 client that reads four streams of the same bytes at once and throws them away: that is also the ceiling of the server. Pages of the REST API, from submitting the statement until the last row is in a batch, against Google's own client for Node. Server and clients run on the same processors.");
            await BigQueryBenchmark.RunAsync(options, report, stop);
            break;
        case "keys":
            report.Section("Keys that travel", string.Create(
                CultureInfo.InvariantCulture,
                $"A segment over two PostgreSQL sources, {1_000_000 * options.Scale:N0} customers in one and three events of each in the other; one customer in a hundred fulfils the condition of the first. Bytes are those of the columns as they are received."));
            await KeysBenchmark.RunAsync(Directory.CreateDirectory(Path.Combine(root.FullName, "keys")).FullName, options, report, stop);
            break;
        case "fabric":
            report.Section("Rows of Fabric (TDS)", "A canned result of the local server over TDS 8.0, from submitting the statement until the last row is in a batch, against `tedious`, which reads the same, and against a client that only reads the bytes and throws them away: that is the ceiling of the server, which runs on the same processors.");
            await FabricBenchmark.RunAsync(options, report, stop);
            break;
        default:
            report.Section("Cold start", "The published program, a new process each time, its files in the operating system's cache.");
            await ColdStartBenchmark.RunAsync(Directory.CreateDirectory(Path.Combine(root.FullName, "tiny")).FullName, options, report, stop);
            break;
    }
}

async Task<string> ShopAsync()
{
    var folder = Path.Combine(root.FullName, "shop");
    if (!Directory.Exists(folder))
    {
        await Shop.WriteAsync(Directory.CreateDirectory(folder).FullName, options.Scale, stop);
    }

    await CaseRunner.WriteDefinitionsAsync(folder, Shop.Dataset, stop);
    return folder;
}

async Task<string> HeadAsync()
{
    await using var instance = DuckDbInstance.Open(new DuckDbOptions());
    await using var connection = instance.CreateConnection();
    var version = await connection.QueryStringAsync("SELECT version()", stop);
    return string.Create(CultureInfo.InvariantCulture, $"""
        # Benchmarks

        Written by `dotnet run -c Release --project tests/FederatedSegmentation.Benchmarks -- all --report docs/benchmarks.md`; a run of some parts replaces their sections.

        {Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30)} GiB of memory, .NET {Environment.Version}, DuckDB {version}; {Environment.ProcessorCount} threads and a memory limit of
        {BenchmarkOptions.MemoryLimitBytes >> 30} GiB on both sides. Both sides take turns in one warm process; medians of seven runs or more, after one that is discarded. Times depend on the machine and on what
        else it does; the ratios are what to look at.

        """);
}

internal partial class Program
{
    private const string SideBySide =
        "The gateway goes from the text of model and segment to the renamed Parquet file, flushed to the disk; each run has an engine of its own, opened after the run before it, and looks anew whether definitions and files have changed. "
        + "The statement is `COPY (… ORDER BY key) TO … (FORMAT parquet)` in an instance that is open already, the fastest of those that were tried. Both files are compared, key by key.";
}
