using System.Collections.Immutable;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Files;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Residual.DuckDb;
using FederatedSegmentation.Running;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Runs that follow each other in one process: what is kept between them, and that it is never stale.</summary>
public sealed class WarmRunsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedseg-warm-").FullName;
    private readonly MovableClock _clock = new();
    private SegmentGateway? _gateway;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Spill);
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        await WriteAsync("model.yaml", "model: shop\nentities:\n  customer: {source: lake, table: [customers.parquet], key: [id], columns: {id: int64, name: string}}\n");
        await WriteAsync("segments/named.yaml", "segment: named\nof: customer\nwhere: {field: name, null: false}\n");
        await CustomersAsync("SELECT i AS id, 'n' || i AS name FROM range(1, 6) t(i)");
        _gateway = Open();
    }

    public async Task DisposeAsync()
    {
        await _gateway!.DisposeAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Spill));
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_key_that_was_seen_to_be_unique_needs_no_distinct()
    {
        Assert.Contains("DISTINCT", await StatementAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("DISTINCT", await StatementAsync(), StringComparison.Ordinal);
        Assert.Equal("1 2 3 4 5", await MembersAsync());
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_looked_at_again()
    {
        await StatementAsync();
        Assert.Equal("1 2 3 4 5", await MembersAsync());
        await CustomersAsync("SELECT * FROM (VALUES (1, 'a'), (1, 'b'), (3, 'c'), (NULL, 'd'), (5, 'e')) t(id, name)");
        Assert.Equal("1 3 5", await MembersAsync());
        Assert.Equal("1 3 5", await MembersAsync());
        Assert.Contains("DISTINCT", await StatementAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT i % 4 AS id, 'n' AS name FROM range(1, 6) t(i)", "0 1 2 3")]
    [InlineData("SELECT CASE WHEN i < 5 THEN i END AS id, 'n' AS name FROM range(1, 7) t(i)", "1 2 3 4")]
    public async Task A_key_that_is_not_unique_or_not_there_stays_distinct(string rows, string members)
    {
        await CustomersAsync(rows);
        Assert.Equal(members, await MembersAsync());
        Assert.Equal(members, await MembersAsync());
        Assert.Contains("DISTINCT", await StatementAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tiers_and_ranks_of_a_unique_key_need_no_look_for_rows_that_share_it()
    {
        await WriteAsync(
            "segments/named.yaml",
            """
            segment: named
            of: customer
            where: {field: name, gte: n2}
            rank: [{by: [{field: name, dir: desc}], take: 3}]
            tiers:
              - {name: late, where: {field: name, gte: n4}, cap: 1, by: [{field: name, dir: desc}]}
              - {name: some, where: {field: name, null: false}, cap: 1, by: [{field: name, dir: asc}]}
              - {name: rest, rest: true}
            """);
        const string members = "3,some 4,rest 5,late";
        Assert.Contains(await StatementsAsync(), statement => statement.Contains("rows_of_members", StringComparison.Ordinal));
        Assert.Equal(members, await MembersAsync());
        Assert.DoesNotContain(await StatementsAsync(), statement => statement.Contains("rows_of_members", StringComparison.Ordinal));
        Assert.Equal(members, await MembersAsync());

        // Of two rows with one key the lesser name stands for it, and the condition may hold for the other.
        await CustomersAsync("SELECT * FROM (VALUES (1, 'n1'), (1, 'n9'), (3, 'n3'), (4, 'n4'), (5, 'n5')) t(id, name)");
        Assert.Equal(members, await MembersAsync());
        await CustomersAsync("SELECT * FROM (VALUES (1, 'n6'), (1, 'n9'), (3, 'n3'), (4, 'n4'), (5, 'n5')) t(id, name)");
        Assert.Equal("1,late 4,some 5,rest", await MembersAsync());
        Assert.Equal("1,late 4,some 5,rest", await MembersAsync());
    }

    [Fact]
    public async Task A_file_that_is_still_being_written_is_never_remembered()
    {
        _clock.Offset = TimeSpan.Zero;
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "data", "customers.parquet"), _clock.GetUtcNow().UtcDateTime);
        await StatementAsync();
        await StatementAsync();
        Assert.Contains("DISTINCT", await StatementAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_written_while_a_run_relies_on_it_ends_the_run_and_leaves_no_file()
    {
        await StatementAsync();
        var path = Path.Combine(_folder, "out.csv");
        var progress = new WhenResidualStarts(() => File.SetLastWriteTimeUtc(Path.Combine(_folder, "data", "customers.parquet"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        var failure = await Assert.ThrowsAsync<SourceException>(() => _gateway!.RunAsync(Request(new MembershipFile(path, "out.csv", MembershipFormat.Csv)), progress, CancellationToken.None));
        Assert.Equal(
            "SRC107 lake: A file of 'customers.parquet' was written while the run read it. Run again; to replace a file, write the new one beside it and rename it.",
            failure.Problems[0].ToString());
        Assert.True(failure.Problems[0].IsTransient);
        Assert.False(File.Exists(path));
        Assert.Equal("1 2 3 4 5", await MembersAsync());
    }

    [Fact]
    public async Task Definitions_that_were_changed_are_read_again()
    {
        Assert.Equal("1 2 3 4 5", await MembersAsync());
        await WriteAsync("segments/named.yaml", "segment: named\nof: customer\nwhere: {field: name, eq: n3}\n");
        Assert.Equal("3", await MembersAsync());
        await WriteAsync("model.yaml", "model: shop\nentities:\n  customer: {source: lake, table: [customers.parquet], key: [id], columns: {id: int64}}\n");
        Assert.StartsWith("SDL002", (await Assert.ThrowsAsync<FederatedSegmentationException>(MembersAsync)).Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_side_by_side_have_an_engine_each()
    {
        var members = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => MembersAsync()));
        Assert.All(members, found => Assert.Equal("1 2 3 4 5", found));
    }

    private string Spill => Path.Combine(_folder, "spill");

    private SegmentGateway Open()
    {
        ImmutableArray<IDataSourceConnector> sources = [new FilesConnector("lake", Path.Combine(_folder, "data"), _clock)];
        var options = new GatewayOptions
        {
            File = Path.Combine(_folder, "appsettings.json"),
            Model = Path.Combine(_folder, "model.yaml"),
            Segments = Path.Combine(_folder, "segments"),
            Sources = [new FilesSourceOptions("lake", Path.Combine(_folder, "data"))],
            Engine = new EngineOptions(EngineKind.DuckDb, new EmbeddedEngineOptions(1L << 30, 1, Spill, 1L << 30)),
            InFlightBytes = 1 << 20,
            Deadline = TimeSpan.FromMinutes(5),
        };
        return new SegmentGateway(options, sources, [], new DuckDbResidualEngine(new DuckDbEngineOptions(1L << 30, 1, Spill, 1L << 30, 1 << 20, KeepsSpare: true), new PinnedZoneRules()), TimeProvider.System);
    }

    private async Task<string> StatementAsync() => (await StatementsAsync())[^1];

    private async Task<ImmutableArray<string>> StatementsAsync()
    {
        var report = await _gateway!.ExplainAsync(new ExplainRequest(new SegmentById("named"), new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), EngineKind.DuckDb, TimeSpan.FromMinutes(5)), CancellationToken.None);
        return report.Residual.Statements;
    }

    private async Task<string> MembersAsync()
    {
        using var stream = new MemoryStream();
        await _gateway!.RunAsync(Request(new MembershipStream(stream, "memory", MembershipFormat.Csv)), NoProgress.Instance, CancellationToken.None);
        return string.Join(' ', System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1));
    }

    private static RunRequest Request(MembershipTarget target) => new()
    {
        Segment = new SegmentById("named"),
        Target = target,
        AsOf = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero),
        Engine = EngineKind.DuckDb,
        Deadline = TimeSpan.FromMinutes(5),
        StartedAt = TimeProvider.System.GetTimestamp(),
        ShowsValues = false,
    };

    private async Task WriteAsync(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text);
    }

    private async Task CustomersAsync(string rows)
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync($"COPY (SELECT CAST(id AS BIGINT) AS id, name FROM ({rows})) TO '{_folder}/data/customers.parquet' (FORMAT parquet)", CancellationToken.None);
    }

    /// <summary>A clock that can be ahead, so that files are old which were written just now.</summary>
    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Offset { get; set; } = TimeSpan.FromHours(1);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }

    private sealed class WhenResidualStarts(Action action) : IRunProgress
    {
        public void Report(RunEvent runEvent)
        {
            if (runEvent is ResidualStarted)
            {
                action();
            }
        }
    }
}
