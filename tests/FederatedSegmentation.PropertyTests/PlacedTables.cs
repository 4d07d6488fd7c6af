using System.Collections.Immutable;
using System.Diagnostics;
using FederatedSegmentation.Conformance.Generation;

namespace FederatedSegmentation.PropertyTests;

/// <summary>The tables of generated cases, laid out where a placing says: files in a folder, the rest in databases. Segments are asked over them.</summary>
public sealed class PlacedTables : IAsyncDisposable
{
    private readonly ImmutableDictionary<string, Placement> _placements;

    private PlacedTables(string folder, ImmutableDictionary<string, Placement> placements, ImmutableArray<RemoteDatabase> remotes)
    {
        Folder = folder;
        _placements = placements;
        Remotes = remotes;
    }

    /// <summary>The folder of the files, the root of the source <c>lake</c>.</summary>
    public string Folder { get; }

    /// <summary>The databases, with tables or without.</summary>
    public ImmutableArray<RemoteDatabase> Remotes { get; }

    /// <summary>The sources that hold tables.</summary>
    public IEnumerable<string> Sources => _placements.Values.Select(placement => placement.Source).Distinct();

    /// <summary>Where the table of an entity lies.</summary>
    public Placement Of(string entity) => _placements[entity];

    /// <summary>No tables of its own: for those that a database has already.</summary>
    public static PlacedTables None(ImmutableArray<RemoteDatabase> remotes) => new(NewFolder(), ImmutableDictionary<string, Placement>.Empty, remotes);

    /// <summary>Writes and loads the tables of a case.</summary>
    /// <param name="generated">The case.</param>
    /// <param name="placing">Where its tables lie.</param>
    /// <param name="remotes">The databases of the placing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="tally">Where the times are added.</param>
    public static async Task<PlacedTables> CreateAsync(GeneratedCase generated, Placing placing, ImmutableArray<RemoteDatabase> remotes, CancellationToken cancellationToken, RunTally? tally = null)
    {
        var watch = Stopwatch.StartNew();
        var folder = NewFolder();
        var placements = ImmutableDictionary.CreateBuilder<string, Placement>(StringComparer.Ordinal);
        var loaded = new List<(RemoteDatabase Remote, GeneratedTable Table)>();
        foreach (var table in generated.Tables)
        {
            if (placing.PlaceOf(generated.Seed, table, remotes) is { } remote)
            {
                loaded.Add((remote, table));
                placements.Add(table.EntityName, new Placement(remote.Source, [RemoteDatabase.TableOf(table.EntityName)]));
            }
            else
            {
                placements.Add(table.EntityName, await FileLayout.WriteAsync(table, placing.Files, generated.Seed, folder, cancellationToken));
            }
        }

        await Task.WhenAll(loaded.GroupBy(one => one.Remote).Select(async group =>
        {
            var loading = Stopwatch.StartNew();
            foreach (var (remote, table) in group)
            {
                await remote.LoadAsync(table, generated.Seed, cancellationToken);
            }

            tally?.Took("loading " + group.Key.Source, loading.Elapsed.TotalMilliseconds);
        }));
        tally?.Took("laying out", watch.Elapsed.TotalMilliseconds);
        return new PlacedTables(folder, placements.ToImmutable(), remotes);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("fedseg-data-").FullName;
}
