using FederatedSegmentation.Conformance.Generation;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Over which sources the tables of a case are spread.</summary>
/// <param name="Name">Its name in messages and of files.</param>
/// <param name="Files">The form of those that are files.</param>
/// <param name="IsRemote">Whether the table of an entity lies in the database, by the case's seed and the entity's name.</param>
/// <param name="OpensRemote">Makes the database; null where all is files.</param>
public sealed record Placing(string Name, FileForm Files, Func<int, string, bool> IsRemote, Func<CancellationToken, Task<RemoteDatabase>>? OpensRemote)
{
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

    /// <summary>About half of the tables in Fabric, the others files of all forms.</summary>
    public static Placing InFilesAndFabric { get; } = new(
        "files-and-fabric", FileForm.Varied, (seed, entity) => StableHash.Of(seed, "place", entity) % 2 == 0, FabricRemote.CreateAsync);

    /// <summary>All placings, with those of one form of file each.</summary>
    public static IReadOnlyList<Placing> All { get; } =
    [
        OfFiles("csv", FileForm.Csv), OfFiles("jsonl", FileForm.JsonLines), OfFiles("parquet", FileForm.Parquet), InFiles, InPostgres, InBoth,
    ];

    /// <summary>Whether its database stores U+0000 in text; PostgreSQL does not.</summary>
    public bool StoresNul { get; init; }

    /// <summary>Whether it takes the case.</summary>
    public bool Takes(GeneratedCase generated) => OpensRemote is null || StoresNul
        || !generated.Tables.Any(table => table.Rows.Any(row => row.Any(value => value is Conformance.Oracle.Values.Value.Text text && text.Characters.Contains('\0', StringComparison.Ordinal))));

    /// <inheritdoc />
    public override string ToString() => Name;

    private static Placing OfFiles(string name, FileForm form) => new(name, form, (_, _) => false, null);
}
