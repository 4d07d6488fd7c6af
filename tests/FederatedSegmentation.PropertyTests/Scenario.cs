using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Files;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Residual.DuckDb;
using FederatedSegmentation.Running;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.PropertyTests;

/// <summary>A clock by which the files of a case, just written, have lain there for an hour.</summary>
internal sealed class LaterClock : TimeProvider
{
    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
}

/// <summary>A generated case over tables that are laid out: ready to run through the product.</summary>
public sealed class Scenario : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _segment;
    private readonly DateTimeOffset _asOf;
    private readonly ImmutableDictionary<string, string> _parameters;
    private readonly SegmentGateway _gateway;

    private Scenario(string folder, string segment, string asOf, ImmutableDictionary<string, string> parameters, PlacedTables tables, ReductionPolicy policy)
    {
        _folder = folder;
        _segment = segment;
        _parameters = parameters;
        _asOf = DateTimeOffset.Parse(asOf, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        _gateway = Open(folder, tables, policy);
    }

    /// <summary>A generated case over its tables.</summary>
    /// <param name="generated">The case.</param>
    /// <param name="tables">Its tables.</param>
    /// <param name="policy">When keys travel.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<Scenario> CreateAsync(GeneratedCase generated, PlacedTables tables, ReductionPolicy policy, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("fedseg-case-").FullName;
        await CaseFiles.WriteDefinitionsAsync(generated, folder, tables.Of, cancellationToken);
        return new Scenario(folder, generated.Segment, generated.AsOfText, generated.Parameters, tables, policy);
    }

    /// <summary>A segment <c>asked</c> over tables that the database has already.</summary>
    /// <param name="entities">The entities of the model, as JSON.</param>
    /// <param name="relationships">The relationships, as a list in JSON.</param>
    /// <param name="of">The entity of the segment.</param>
    /// <param name="where">Its predicate, as JSON.</param>
    /// <param name="tables">The database.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static Task<Scenario> AskAsync(string entities, string relationships, string of, string where, PlacedTables tables, CancellationToken cancellationToken)
        => AskAsync(entities, relationships, of, where, tables, ReductionPolicy.Always, cancellationToken);

    /// <summary>The same with another policy of when keys travel.</summary>
    public static async Task<Scenario> AskAsync(string entities, string relationships, string of, string where, PlacedTables tables, ReductionPolicy policy, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("fedseg-case-").FullName;
        var segments = Directory.CreateDirectory(Path.Combine(folder, "segments")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "model.json"), $$"""{"model":"m","entities":{{entities}},"relationships":{{relationships}}}""", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(segments, "asked.json"), $$"""{"segment":"asked","of":"{{of}}","where":{{where}}}""", cancellationToken);
        return new Scenario(folder, "asked", "2026-06-05T12:00:00Z", ImmutableDictionary<string, string>.Empty, tables, policy);
    }

    /// <summary>Hears what runs warn of, while they run.</summary>
    public Action<string>? Warned { get; set; }

    /// <summary>Whether a fragment of the last run waited for the keys of others.</summary>
    public bool LetKeysTravel { get; private set; }

    /// <summary>What the last run asked of sources, and how long it took.</summary>
    public RunReport? LastRun { get; private set; }

    /// <summary>The sources that the last run asked something.</summary>
    public ImmutableHashSet<string> Asked => [.. LastRun?.Fragments.Select(fragment => fragment.Source) ?? []];

    private static SegmentGateway Open(string folder, PlacedTables tables, ReductionPolicy policy)
    {
        var options = new GatewayOptions
        {
            File = Path.Combine(folder, "appsettings.json"),
            Model = Path.Combine(folder, "model.json"),
            Segments = Path.Combine(folder, "segments"),
            Sources = [new FilesSourceOptions(FileLayout.Source, tables.Folder), .. tables.Remotes.Select(remote => remote.Options)],
            Engine = new EngineOptions(EngineKind.DuckDb, new EmbeddedEngineOptions(1L << 30, 1, null, 1L << 30)),
            InFlightBytes = 1 << 20,
            Deadline = TimeSpan.FromMinutes(5),
        };
        ImmutableArray<IDataSourceConnector> sources = [new FilesConnector(FileLayout.Source, tables.Folder, new LaterClock()), .. tables.Remotes.Select(remote => remote.Connect())];
        var engine = new DuckDbResidualEngine(new DuckDbEngineOptions(1L << 30, 1, null, 1L << 30, 1 << 20, KeepsSpare: false), new PinnedZoneRules());
        return new SegmentGateway(options, sources, [], engine, policy, TimeProvider.System);
    }

    /// <summary>The members that the product finds, as lines of CSV without the header.</summary>
    public async Task<string> MembersAsync(CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        var request = new RunRequest
        {
            Segment = new SegmentById(_segment),
            Target = new MembershipStream(stream, "memory", MembershipFormat.Csv),
            AsOf = _asOf,
            Engine = EngineKind.DuckDb,
            Deadline = TimeSpan.FromMinutes(5),
            StartedAt = TimeProvider.System.GetTimestamp(),
            ShowsValues = false,
            Parameters = _parameters,
        };
        var report = await _gateway.RunAsync(request, new Listener(Warned), cancellationToken);
        LetKeysTravel = report.Fragments.Any(fragment => fragment.Sql.Contains("⟨keys of", StringComparison.Ordinal));
        LastRun = report;
        var text = Encoding.UTF8.GetString(stream.ToArray());
        return text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>What the product says about its plan.</summary>
    public Task<ExplainReport> ExplainAsync(CancellationToken cancellationToken) => _gateway.ExplainAsync(
        new ExplainRequest(new SegmentById(_segment), _asOf, EngineKind.DuckDb, TimeSpan.FromMinutes(5)),
        cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Listener(Action<string>? warned) : IRunProgress
    {
        public void Report(RunEvent runEvent)
        {
            if (runEvent is RunWarning warning)
            {
                warned?.Invoke(warning.Message);
            }
        }
    }
}
