using System.Text.RegularExpressions;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.Testing.Conformance;

/// <summary>The tables of the kit for a local warehouse.</summary>
public static partial class WarehouseTables
{
    /// <summary>Loads all tables that a kind of warehouse can store. Cases whose tables have a type that the local server does not know are then not run, since those are missing.</summary>
    /// <param name="control">The control of the local server.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="database">The database, catalog or project that gets them.</param>
    /// <param name="output">Where refused tables are named.</param>
    public static async Task LoadAsync(WarehouseControl control, string kind, string database, ITestOutputHelper output)
    {
        foreach (var table in ConformanceChecks.TablesOf(kind))
        {
            var loaded = new WarehouseTable(
                database,
                table.Name[^2],
                table.Name[^1],
                [.. table.Columns.Select(ColumnOf)],
                [.. table.Rows]);
            try
            {
                await control.LoadAsync([loaded], CancellationToken.None);
            }
            catch (InvalidOperationException refused) when (refused.Message.Contains("is no type", StringComparison.Ordinal))
            {
                output.WriteLine($"The local server refuses {loaded.Name}: {refused.Message.Split(",\"stack\"")[0]}");
            }
        }
    }

    private static WarehouseColumn ColumnOf(CaseColumn column) => Collated().Match(column.NativeType) is { Success: true } collated
        ? new WarehouseColumn(column.Name, collated.Groups["type"].Value, Collation: collated.Groups["name"].Value)
        : new WarehouseColumn(column.Name, column.NativeType);

    [GeneratedRegex("^(?<type>.+) COLLATE '(?<name>[^']+)'$")]
    private static partial Regex Collated();
}
