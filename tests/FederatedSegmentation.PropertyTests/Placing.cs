using System.Collections.Immutable;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Planning.Reduction;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Over which sources the tables of a case are spread.</summary>
public sealed class Placing
{
    private readonly ImmutableArray<Func<CancellationToken, Task<RemoteDatabase>>> _remotes;
    private readonly Func<int, GeneratedTable, ImmutableArray<RemoteDatabase>, RemoteDatabase?> _place;

    /// <summary>Over files and at most one database.</summary>
    /// <param name="name">Its name in messages and of files.</param>
    /// <param name="files">The form of those that are files.</param>
    /// <param name="isRemote">Whether the table of an entity lies in the database, by the case's seed and the entity's name.</param>
    /// <param name="opensRemote">Makes the database; null where all is files.</param>
    public Placing(string name, FileForm files, Func<int, string, bool> isRemote, Func<CancellationToken, Task<RemoteDatabase>>? opensRemote)
        : this(name, files, opensRemote is null ? [] : [opensRemote], (seed, table, remotes) => isRemote(seed, table.EntityName) ? remotes[0] : null)
    {
    }

    private Placing(
        string name,
        FileForm files,
        ImmutableArray<Func<CancellationToken, Task<RemoteDatabase>>> remotes,
        Func<int, GeneratedTable, ImmutableArray<RemoteDatabase>, RemoteDatabase?> place) => (Name, Files, _remotes, _place) = (name, files, remotes, place);

    /// <summary>Its name in messages and of files.</summary>
    public string Name { get; }

    /// <summary>The form of the tables that are files.</summary>
    public FileForm Files { get; }

    /// <summary>Whether it needs a database.</summary>
    public bool HasRemotes => !_remotes.IsEmpty;

    // Only warehouses have such a rung: elsewhere no key travels then.
    private static ReductionPolicy TablesOnly { get; } = ReductionPolicy.Always with { Passages = [KeyPassage.Table] };

    /// <summary>When keys travel in the cases of a seed, and on which rungs of the ladder: wherever they can unless said otherwise, in half of the cases not as a list.</summary>
    public Func<int, ReductionPolicy> Reductions { get; private init; } = seed => seed % 2 == 0 ? ReductionPolicy.Always : WithoutLists;

    private static ReductionPolicy WithoutLists { get; } = ReductionPolicy.Always with { Passages = [KeyPassage.Array] };

    /// <summary>Files of all forms.</summary>
    public static Placing InFiles { get; } = OfFiles("files", FileForm.Varied);

    /// <summary>Everything in PostgreSQL.</summary>
    public static Placing InPostgres { get; } = new("postgres", FileForm.Csv, (_, _) => true, PostgresRemote.CreateAsync);

    /// <summary>About half of the tables in PostgreSQL, the others files of all forms.</summary>
    public static Placing InBoth { get; } = new(
        "both", FileForm.Varied, (seed, entity) => StableHash.Of(seed, "place", entity) % 2 == 0, PostgresRemote.CreateAsync);

    /// <summary>Everything in Databricks.</summary>
    public static Placing InDatabricks { get; } = new("databricks", FileForm.Csv, (_, _) => true, DatabricksRemote.CreateAsync) { StoresNul = true };

    /// <summary>About half of the tables in Databricks, the others files of all forms.</summary>
    public static Placing InFilesAndDatabricks { get; } = new(
        "files-and-databricks", FileForm.Varied, (seed, entity) => StableHash.Of(seed, "place", entity) % 2 == 0, DatabricksRemote.CreateAsync) { StoresNul = true };

    /// <summary>Everything in Snowflake.</summary>
    public static Placing InSnowflake { get; } = new("snowflake", FileForm.Csv, (_, _) => true, SnowflakeRemote.CreateAsync);

    /// <summary>About half of the tables in Snowflake, the others files of all forms.</summary>
    public static Placing InFilesAndSnowflake { get; } = new(
        "files-and-snowflake", FileForm.Varied, (seed, entity) => StableHash.Of(seed, "place", entity) % 2 == 0, SnowflakeRemote.CreateAsync);

    /// <summary>Everything in Fabric.</summary>
    public static Placing InFabric { get; } = new("fabric", FileForm.Csv, (_, _) => true, FabricRemote.CreateAsync);

    /// <summary>Everything in Fabric, through a driver.</summary>
    public static Placing InFabricThroughADriver { get; } = new("fabric-driver", FileForm.Csv, (_, _) => true, FabricRemote.CreateThroughADriverAsync);

    /// <summary>About half of the tables in Fabric, the others files of all forms.</summary>
    public static Placing InFilesAndFabric { get; } = new(
        "files-and-fabric", FileForm.Varied, (seed, entity) => StableHash.Of(seed, "place", entity) % 2 == 0, FabricRemote.CreateAsync);

    /// <summary>
    /// Each table in files of all forms or in one of the databases, at random, among those that store what it holds. In two of three cases every fragment that can
    /// waits for the keys of others.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="databases">The databases.</param>
    /// <param name="takesPart">Whether a database takes part in the cases of a seed.</param>
    public static Placing Federated(string name, ImmutableArray<Func<CancellationToken, Task<RemoteDatabase>>> databases, Func<int, RemoteDatabase, bool> takesPart) => new(
        name,
        FileForm.Varied,
        databases,
        (seed, table, remotes) =>
        {
            // One more place than there are databases: files, which take everything.
            var first = StableHash.Of(seed, "place", table.EntityName);
            return Enumerable.Range(0, remotes.Length + 1)
                .Select(i => remotes.ElementAtOrDefault((first + i) % (remotes.Length + 1)))
                .First(remote => remote is null || (takesPart(seed, remote) && remote.Takes(table)));
        })
    {
        StoresNul = true,
        Reductions = seed => (seed % 6) switch { 0 or 3 => ReductionPolicy.Default, 1 or 4 => ReductionPolicy.Always, 2 => WithoutLists, _ => TablesOnly },
    };

    /// <summary>All placings, with those of one form of file each.</summary>
    public static IReadOnlyList<Placing> All { get; } =
    [
        OfFiles("csv", FileForm.Csv), OfFiles("jsonl", FileForm.JsonLines), OfFiles("parquet", FileForm.Parquet), InFiles, InPostgres, InBoth,
    ];

    /// <summary>Whether its database stores U+0000 in text; PostgreSQL does not.</summary>
    public bool StoresNul { get; init; }

    /// <summary>Whether it takes the case.</summary>
    public bool Takes(GeneratedCase generated) => !HasRemotes || StoresNul || !generated.Tables.Any(RemoteDatabase.HasNul);

    /// <summary>Makes the databases that it needs.</summary>
    public async Task<ImmutableArray<RemoteDatabase>> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = ImmutableArray.CreateBuilder<RemoteDatabase>(_remotes.Length);
        foreach (var open in _remotes)
        {
            opened.Add(await open(cancellationToken));
        }

        return opened.ToImmutable();
    }

    /// <summary>The database in which a table lies, or null: it is a file.</summary>
    public RemoteDatabase? PlaceOf(int seed, GeneratedTable table, ImmutableArray<RemoteDatabase> remotes) => _place(seed, table, remotes);

    /// <inheritdoc />
    public override string ToString() => Name;

    private static Placing OfFiles(string name, FileForm form) => new(name, form, (_, _) => false, null);
}
