using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using FederatedSegmentation.Benchmarks.Questions;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Files;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Residual.DuckDb;
using FederatedSegmentation.Running;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Answers the questions of a dataset both ways, with the same threads and memory.</summary>
internal sealed partial class CaseRunner : IAsyncDisposable
{
    private readonly Dataset _dataset;
    private readonly string _folder;
    private readonly SegmentGateway _gateway;

    /// <summary>Over a folder that <see cref="WriteDefinitionsAsync"/> and the dataset's data are in.</summary>
    internal CaseRunner(Dataset dataset, string folder)
    {
        _dataset = dataset;
        _folder = folder;
        _gateway = Gateway(folder, [new FilesSourceOptions("lake", folder)], [new FilesConnector("lake", folder, TimeProvider.System)]);
    }

    /// <summary>A gateway over definitions in a folder.</summary>
    internal static SegmentGateway Gateway(string folder, ImmutableArray<SourceOptions> options, ImmutableArray<IDataSourceConnector> sources)
        => Gateway(folder, options, sources, ReductionPolicy.Default);

    /// <summary>A gateway over definitions in a folder.</summary>
    internal static SegmentGateway Gateway(string folder, ImmutableArray<SourceOptions> options, ImmutableArray<IDataSourceConnector> sources, ReductionPolicy reductions) => new(
        new GatewayOptions
        {
            File = Path.Combine(folder, "appsettings.json"),
            Model = Path.Combine(folder, "model.yaml"),
            Segments = Path.Combine(folder, "segments"),
            Sources = options,
            Engine = new EngineOptions(EngineKind.DuckDb, new EmbeddedEngineOptions(BenchmarkOptions.MemoryLimitBytes, Environment.ProcessorCount, null, 20L << 30)),
            InFlightBytes = 64 << 20,
            Deadline = TimeSpan.FromMinutes(30),
        },
        sources,
        [],
        new DuckDbResidualEngine(new DuckDbEngineOptions(BenchmarkOptions.MemoryLimitBytes, Environment.ProcessorCount, null, 20L << 30, 64 << 20, KeepsSpare: true), new PinnedZoneRules()),
        reductions,
        TimeProvider.System);

    /// <summary>Writes the model and the segments of a dataset.</summary>
    internal static Task WriteDefinitionsAsync(string folder, Dataset dataset, CancellationToken cancellationToken)
        => WriteDefinitionsAsync(folder, dataset.Model, dataset.Questions.Select(question => (question.Id, $"of: {dataset.Entity}\nwhere: {question.Definition}")), cancellationToken);

    /// <summary>Writes a model and segments.</summary>
    internal static async Task WriteDefinitionsAsync(string folder, string model, IEnumerable<(string Id, string Definition)> segments, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(folder, "segments"));
        await File.WriteAllTextAsync(Path.Combine(folder, "model.yaml"), model, cancellationToken);
        foreach (var (id, definition) in segments)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "segments", $"{id}.yaml"), $"segment: {id}\n{definition}\n", cancellationToken);
        }
    }

    /// <summary>A request for a Parquet file, or for the number only.</summary>
    internal static RunRequest Request(string segment, DateTimeOffset asOf, string? output) => new()
    {
        Segment = new SegmentById(segment),
        Target = output is null ? null : new MembershipFile(output, Path.GetFileName(output), MembershipFormat.Parquet),
        AsOf = asOf,
        Engine = EngineKind.DuckDb,
        Deadline = TimeSpan.FromMinutes(30),
        StartedAt = TimeProvider.System.GetTimestamp(),
        ShowsValues = false,
    };

    /// <summary>From the definition to the renamed file.</summary>
    /// <returns>What the run reports.</returns>
    internal async Task<RunReport> SegmentAsync(Question question, CancellationToken cancellationToken)
    {
        var output = Path.Combine(_folder, "ours.parquet");
        File.Delete(output);
        return await _gateway.RunAsync(Request(question.Id, _dataset.AsOf, output), NoProgress.Instance, cancellationToken);
    }

    /// <summary>A statement, to the same kind of file.</summary>
    /// <returns>The number of rows.</returns>
    internal async Task<long> StatementAsync(DuckDbConnection connection, string statement, CancellationToken cancellationToken)
    {
        var output = Path.Combine(_folder, "theirs.parquet");
        File.Delete(output);
        var query = FileNames().Replace(statement, found => $"'{_folder}/{found.Groups[1].Value}'");
        return await connection.ExecuteAsync($"COPY ({query} ORDER BY {_dataset.Key}) TO '{output}' (FORMAT parquet)", cancellationToken);
    }

    /// <summary>Flushes the file of the last statement to the disk, as the gateway does with its own.</summary>
    internal Task FlushStatementAsync()
    {
        using var written = new FileStream(Path.Combine(_folder, "theirs.parquet"), FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        written.Flush(flushToDisk: true);
        return Task.CompletedTask;
    }

    /// <summary>Fails unless the files that both sides wrote last hold the same rows in the same order.</summary>
    internal async Task CompareAsync(Question question, CancellationToken cancellationToken)
    {
        await using var instance = OpenInstance();
        await using var connection = instance.CreateConnection();
        var different = await connection.QueryInt64Async(
            $"""
            SELECT count(*) FROM '{_folder}/ours.parquet' a POSITIONAL JOIN '{_folder}/theirs.parquet' b
            WHERE a IS DISTINCT FROM b
            """,
            cancellationToken);
        if (different != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{question.Id}: {different} rows differ between the segment's members and the statement's."));
        }
    }

    /// <summary>An instance for one statement.</summary>
    internal DuckDbInstance OpenInstance() => DuckDbInstance.Open(new DuckDbOptions
    {
        MemoryLimitBytes = BenchmarkOptions.MemoryLimitBytes,
        Threads = Environment.ProcessorCount,
        TempDirectory = Path.Combine(_folder, "spill"),
    });

    /// <summary>What the gateway runs.</summary>
    internal async Task<string> ExplainAsync(Question question, CancellationToken cancellationToken)
    {
        var report = await _gateway.ExplainAsync(new ExplainRequest(new SegmentById(question.Id), _dataset.AsOf, EngineKind.DuckDb, TimeSpan.FromMinutes(5)), cancellationToken);
        return string.Join(";\n", report.Residual.Statements);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [GeneratedRegex(@"'(\w+\.parquet)'")]
    private static partial Regex FileNames();
}
