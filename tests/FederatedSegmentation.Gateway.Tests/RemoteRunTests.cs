using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Residual.DuckDb;
using FederatedSegmentation.Running;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Runs over sources that are fetched: what a person sees on the way, and what a program reads when they fail.</summary>
public sealed class RemoteRunTests
{
    private static async Task<Workspace> WithDatabaseAsync(bool isLive)
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        await database.ExecuteAsync("CREATE TABLE customer (id bigint, country text); INSERT INTO customer SELECT i, CASE WHEN i % 2 = 0 THEN 'DE' END FROM generate_series(1, 1000) AS s(i)", CancellationToken.None);
        var workspace = new Workspace { IsLive = isLive };
        workspace.Write("password", database.Server.AdminPassword);
        workspace.Write("appsettings.json", string.Create(CultureInfo.InvariantCulture, $$$"""
            {"FederatedSegmentation": {"Sources": {"ops": {"Kind": "postgres", "Host": "127.0.0.1", "Port": {{{database.Server.Port}}}, "Database": "{{{database.Name}}}", "SslMode": "Disable",
              "Auth": {"Kind": "password", "User": "{{{PostgresServer.AdminUser}}}", "Password": {"File": "password"} } } } } }
            """));
        workspace.Write("model.yaml", "model: shop\nentities:\n  customer: {source: ops, table: [customer], key: [id], columns: {id: int64, country: string}}\nrelationships: []\n");
        Directory.Delete(workspace.PathOf("segments"), recursive: true);
        workspace.Write("segments/germans.yaml", "segment: germans\nof: customer\nwhere: {field: country, eq: DE}\n");
        return workspace;
    }

    [PostgresFact]
    public async Task Verbose_progress_has_a_line_for_each_step_of_a_fragment()
    {
        using var workspace = await WithDatabaseAsync(isLive: false);
        var answer = (await workspace.RunAsync("run", "germans", "--out", "members.csv", "--verbose")).Done();
        var lines = answer.Errors.Split('\n');
        Assert.Matches("^run [0-9a-f]{16}: 1 fragments$", lines[0]);
        Assert.Equal("F1 ops: running, 0 rows, 0 B", lines[1]);
        Assert.Matches("^F1 ops: fetching, 500 rows, [0-9.]+ K?B$", lines[2]);
        Assert.Matches("^F1 ops: done, 500 rows, [0-9.]+ K?B$", lines[3]);
        Assert.Equal("joining", lines[4]);
    }

    [PostgresFact]
    public async Task Live_progress_is_drawn_over_itself_and_ends_with_the_whole_fragment()
    {
        using var workspace = await WithDatabaseAsync(isLive: true);
        var answer = (await workspace.RunAsync("run", "germans", "--out", "members.csv")).Done();
        Assert.Contains("\r\e[2KF1 ops: waiting\n", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("\e[1A\r\e[2KF1 ops: running, 0 rows, 0 B\n", answer.Errors, StringComparison.Ordinal);
        Assert.Matches("\\e\\[1A\\r\\e\\[2KF1 ops: done, 500 rows, [0-9.]+ K?B\\n", answer.Errors);
    }

    [PostgresFact]
    public async Task Where_nobody_watches_there_is_no_progress()
    {
        using var workspace = await WithDatabaseAsync(isLive: false);
        Assert.DoesNotContain("F1", (await workspace.RunAsync("run", "germans", "--out", "members.csv")).Done().Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30.0, "30")]
    [InlineData(1.5, "1.5")]
    [InlineData(null, null)]
    public async Task The_time_that_a_source_asked_to_wait_is_in_the_error_as_seconds(double? seconds, string? json)
    {
        using var workspace = new Workspace();
        workspace.Write("appsettings.json", """{"FederatedSegmentation": {"Sources": {"lake": {"Kind": "files", "Root": "data"}}}}""");
        using var output = new MemoryStream();
        using var errors = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal { Output = output, Error = errors, IsErrorLive = false, WorkingDirectory = workspace.Folder, Environment = [] };
        var code = await CommandHost.RunAsync(
            ["run", "germans", "--json"],
            terminal,
            TimeProvider.System,
            options => new SegmentGateway(
                options,
                [new BusySource("lake", seconds is { } wait ? TimeSpan.FromSeconds(wait) : null)],
                [],
                new DuckDbResidualEngine(new DuckDbEngineOptions(256_000_000, 1, null, 256_000_000, 64_000_000, KeepsSpare: false), new PinnedZoneRules()),
                TimeProvider.System),
            CancellationToken.None);
        Assert.Equal(3, code);
        Assert.Equal("SRC008 lake: The source is too busy. Run it again later.\n", errors.ToString());
        var error = new Answer(code, Encoding.UTF8.GetString(output.ToArray()), "").Json["errors"]![0]!;
        Assert.Equal(("SRC008", true, json), ((string?)error["code"], (bool)error["transient"]!, error["retryAfter"]?.ToJsonString()));
    }

    [Theory]
    [InlineData(12_345_678L)]
    [InlineData(null)]
    public async Task Explain_tells_what_the_source_says_that_it_would_read(long? bytes)
    {
        using var workspace = new Workspace();
        workspace.Write("appsettings.json", """{"FederatedSegmentation": {"Sources": {"lake": {"Kind": "files", "Root": "data"}}}}""");
        foreach (var asJson in (bool[])[true, false])
        {
            using var output = new MemoryStream();
            using var errors = new StringWriter { NewLine = "\n" };
            var terminal = new Terminal { Output = output, Error = errors, IsErrorLive = false, WorkingDirectory = workspace.Folder, Environment = [] };
            var code = await CommandHost.RunAsync(
                asJson ? ["explain", "germans", "--json"] : ["explain", "germans"],
                terminal,
                TimeProvider.System,
                options => new SegmentGateway(
                    options,
                    [new BusySource("lake", retryAfter: null) { Reads = bytes }],
                    [],
                    new DuckDbResidualEngine(new DuckDbEngineOptions(256_000_000, 1, null, 256_000_000, 64_000_000, KeepsSpare: false), new PinnedZoneRules()),
                    TimeProvider.System),
                CancellationToken.None);
            Assert.Equal((0, ""), (code, errors.ToString()));
            var answer = new Answer(code, Encoding.UTF8.GetString(output.ToArray()), "");
            if (asJson)
            {
                Assert.Equal(bytes, (long?)answer.Json["fragments"]![0]!["readsBytes"]);
            }
            else
            {
                Assert.Equal(bytes is not null, answer.Output.Contains("\n  lake would read 12,345,678 bytes for it\n", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task A_failure_that_nobody_foresaw_is_a_defect_of_ours_in_one_line()
    {
        using var workspace = new Workspace();
        using var output = new MemoryStream();
        using var errors = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal { Output = output, Error = errors, IsErrorLive = false, WorkingDirectory = workspace.Folder, Environment = [] };
        var code = await CommandHost.RunAsync(["run", "germans"], terminal, TimeProvider.System, _ => throw new InvalidOperationException("secret"), CancellationToken.None);
        Assert.Equal((70, ""), (code, Encoding.UTF8.GetString(output.ToArray())));
        Assert.Equal("INT001: Something went wrong that should not (InvalidOperationException). This is a defect of the gateway; please report it with the output of --verbose.\n", errors.ToString());
    }

    /// <summary>A source that is too busy for every session.</summary>
    private sealed class BusySource(string name, TimeSpan? retryAfter) : IRemoteSource, IReadEstimator
    {
        public long? Reads { get; init; }

        public Task<long?> EstimateReadAsync(CompiledFragment fragment, CancellationToken cancellationToken) => Task.FromResult(Reads);

        public string Source => name;

        public string Kind => "files";

        public Capabilities Capabilities => Connectors.Postgres.PostgresDialect.Instance.Capabilities;

        public Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken) => Task.FromResult(entities
            .Select(entity => new StoredTable(System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(entity.Columns, column => column.Name, column => NaturalStorage.Of(column.Type), StringComparer.Ordinal), null, null))
            .ToImmutableArray());

        public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables) => new(fragment, name, "fake", "SELECT", plan.Columns);

        public Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken) => throw new SourceException(new Problem
        {
            Code = "SRC008",
            Stage = Stage.Execute,
            Source = name,
            Message = "The source is too busy.",
            Hint = "Run it again later.",
            IsTransient = true,
            RetryAfter = retryAfter,
        });

        public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
