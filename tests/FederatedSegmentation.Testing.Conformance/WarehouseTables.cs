using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Testing.Conformance;

/// <summary>The tables of the kit for a local warehouse.</summary>
public static class WarehouseTables
{
    /// <summary>All tables that a kind of warehouse can store.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="database">The database, catalog or project that gets them.</param>
    public static IReadOnlyList<WarehouseTable> Of(string kind, string database) =>
    [
        .. ConformanceChecks.TablesOf(kind).Select(table => new WarehouseTable(
            database,
            table.Name[^2],
            table.Name[^1],
            [.. table.Columns.Select(column => new WarehouseColumn(column.Name, column.NativeType))],
            [.. table.Rows])),
    ];
}
