using System.Collections.Frozen;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Entities;

/// <summary>What a source says about the table behind an entity, read once before planning.</summary>
/// <param name="Columns">How each declared column is stored, by logical name; every column of the entity is present.</param>
/// <param name="Rows">The source's estimate of the number of rows, or null where it has none.</param>
/// <param name="Bytes">The source's estimate of the size in bytes, or null.</param>
public sealed record StoredTable(FrozenDictionary<string, StorageType> Columns, long? Rows, long? Bytes)
{
    /// <summary>Whether the source saw, in the data as it is now, that every row has a key and none that of another; it notices if that changes before the run ends.</summary>
    public bool HasUniqueKey { get; init; }
}
