using System.Globalization;
using FederatedSegmentation.Benchmarks;
using FederatedSegmentation.DuckDb;

using var interruption = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interruption.Cancel();
};
var stop = interruption.Token;
if (args is [MemoryBenchmark.ChildVerb, var side, var place, var id])
{
    await MemoryBenchmark.ChildAsync(RetailData.Dataset, side, place, id, stop);
    return 0;
}

if (BenchmarkOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}

var root = Directory.CreateTempSubdirectory("fedseg-bench-");
try
{
    var report = new ReportText();
    await HeadAsync(report);
    var shop = root.CreateSubdirectory("shop").FullName;
    if (options.Parts.Any(part => part is "endtoend" or "memory"))
    {
        await RetailData.WriteAsync(shop, options.Scale, stop);
        await CaseRunner.WriteDefinitionsAsync(shop, RetailData.Dataset.Model, RetailData.Dataset.Cases.Select(question => (question.Id, question.Definition)), stop);
    }

    foreach (var part in options.Parts)
    {
        await RunAsync(part, shop, report);
        if (options.Report is { } file)
        {
            // After each part, so that an interrupted run leaves what it has measured.
            await File.WriteAllTextAsync(file, report.ToString(), stop);
        }
    }

    return 0;
}
finally
{
    root.Delete(recursive: true);
}

async Task RunAsync(string part, string shop, ReportText report)
{
    switch (part)
    {
        case "endtoend":
            report.Section("End to end over Parquet", string.Create(
                CultureInfo.InvariantCulture,
                $"{10_000_000 * options.Scale:N0} events of {1_000_000 * options.Scale:N0} customers. The gateway goes from the definition to the renamed Parquet file; the statement is `COPY (… ORDER BY id) TO … (FORMAT parquet)` in an open instance."));
            await EndToEndBenchmark.RunAsync(RetailData.Dataset, shop, options, report, stop);
            break;
        case "tpch":
            report.Section("TPC-H", string.Create(CultureInfo.InvariantCulture, $"Scale factor {options.Scale}, as Parquet; measured like the shop."));
            var tpch = root.CreateSubdirectory("tpch").FullName;
            if (await TpchData.WriteAsync(tpch, options.Scale, stop) is { } reason)
            {
                report.Paragraph($"NOT RUN: {reason}.");
                break;
            }

            await CaseRunner.WriteDefinitionsAsync(tpch, TpchData.Dataset.Model, TpchData.Dataset.Cases.Select(question => (question.Id, question.Definition)), stop);
            await EndToEndBenchmark.RunAsync(TpchData.Dataset, tpch, options, report, stop);
            break;
        case "memory":
            report.Section("Peak memory", "The shop's segments again, each side in a process of its own (`VmHWM`), both on the .NET runtime.");
            await MemoryBenchmark.RunAsync(RetailData.Dataset, shop, report, stop);
            break;
        case "planning":
            report.Section("Planning", "From the segment's text to the statements for two PostgreSQL sources, 500 times after 100 to warm up; the model is loaded and its tables are described once.");
            await PlanningBenchmark.RunAsync(report);
            break;
        case "postgres":
            report.Section("PostgreSQL to the engine", "A fragment, from submitting it until its last row is in the engine, against `COPY (…) TO STDOUT (FORMAT binary)` of the same statement over the same loopback, its bytes thrown away.");
            await TransferBenchmark.RunAsync(root.CreateSubdirectory("postgres").FullName, options, report, stop);
            break;
        default:
            report.Section("Cold start", "A new process each time, its files in the operating system's cache.");
            await ColdStartBenchmark.RunAsync(root.CreateSubdirectory("tiny").FullName, options, report, stop);
            break;
    }
}

async Task HeadAsync(ReportText report)
{
    await using var instance = DuckDbInstance.Open(new DuckDbOptions());
    await using var connection = instance.CreateConnection();
    var version = await connection.QueryStringAsync("SELECT version()", stop);
    report.Add(string.Create(CultureInfo.InvariantCulture, $"""
        # Benchmarks

        Written by `dotnet run -c Release --project tests/FederatedSegmentation.Benchmarks -- all --report docs/benchmarks.md`.

        {Environment.ProcessorCount} processors, .NET {Environment.Version}, DuckDB {version}, memory limit {BenchmarkOptions.MemoryLimitBytes >> 30} GiB on both sides. Both sides take turns in one warm process;
        medians of {options.Repetitions} runs after one that is discarded. Times depend on the machine and on what else it does; the ratios are what to look at.

        """));
}
