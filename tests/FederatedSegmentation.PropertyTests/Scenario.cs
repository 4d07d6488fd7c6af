using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Files;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Residual.DuckDb;
using FederatedSegmentation.Running;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.PropertyTests;

/// <summary>A generated case laid out in a folder and, where it is placed there, in a database: ready to run through the product.</summary>
public sealed class Scenario : IAsyncDisposable
{
    private readonly string _folder;
    private readonly GeneratedCase _generated;
    private readonly SegmentGateway _gateway;

    private Scenario(string folder, GeneratedCase generated, SegmentGateway gateway)
    {
        _folder = folder;
        _generated = generated;
        _gateway = gateway;
    }

    /// <summary>Lays a case out.</summary>
    /// <param name="generated">The case.</param>
    /// <param name="placing">Where its tables lie.</param>
    /// <param name="remote">The database, where the placing has one.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<Scenario> CreateAsync(GeneratedCase generated, Placing placing, RemoteDatabase? remote, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("fedseg-case-").FullName;
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        var placements = new Dictionary<string, Placement>(StringComparer.Ordinal);
        foreach (var table in generated.Tables)
        {
            if (remote is not null && placing.IsRemote(generated.Seed, table.EntityName))
            {
                await remote.LoadAsync(table, generated.Seed, cancellationToken);
                placements.Add(table.EntityName, new Placement("db", [RemoteDatabase.TableOf(table.EntityName)]));
            }
            else
            {
                placements.Add(table.EntityName, await FileLayout.WriteAsync(table, placing.Files, generated.Seed, data, cancellationToken));
            }
        }

        await CaseFiles.WriteDefinitionsAsync(generated, folder, entity => placements[entity], cancellationToken);
        var options = new GatewayOptions
        {
            File = Path.Combine(folder, "appsettings.json"),
            Model = Path.Combine(folder, "model.json"),
            Segments = Path.Combine(folder, "segments"),
            Sources = remote is null ? [new FilesSourceOptions("lake", data)] : [new FilesSourceOptions("lake", data), remote.Options],
            Engine = new EngineOptions(EngineKind.DuckDb, new EmbeddedEngineOptions(1L << 30, 1, null, 1L << 30)),
            InFlightBytes = 1 << 20,
            Deadline = TimeSpan.FromMinutes(5),
        };
        ImmutableArray<IDataSourceConnector> sources = [new FilesConnector("lake", data), .. remote is null ? [] : new[] { remote.Connect() }];
        var engine = new DuckDbResidualEngine(new DuckDbEngineOptions(1L << 30, 1, null, 1L << 30, 1 << 20), new PinnedZoneRules());
        return new Scenario(folder, generated, new SegmentGateway(options, sources, [], engine, TimeProvider.System));
    }

    /// <summary>The members that the product finds, as lines of CSV without the header.</summary>
    public async Task<string> MembersAsync(CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        var request = new RunRequest
        {
            Segment = new SegmentById(_generated.Segment),
            Target = new MembershipStream(stream, "memory", MembershipFormat.Csv),
            AsOf = DateTimeOffset.Parse(_generated.AsOfText, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal),
            Engine = EngineKind.DuckDb,
            Deadline = TimeSpan.FromMinutes(5),
            StartedAt = TimeProvider.System.GetTimestamp(),
            ShowsValues = false,
        };
        await _gateway.RunAsync(request, NoProgress.Instance, cancellationToken);
        var text = Encoding.UTF8.GetString(stream.ToArray());
        return text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>What the product says about its plan.</summary>
    public Task<ExplainReport> ExplainAsync(CancellationToken cancellationToken) => _gateway.ExplainAsync(
        new ExplainRequest(new SegmentById(_generated.Segment), DateTimeOffset.Parse(_generated.AsOfText, System.Globalization.CultureInfo.InvariantCulture), EngineKind.DuckDb, TimeSpan.FromMinutes(5)),
        cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
