using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Databricks;

/// <summary>What Databricks needs of a driver that the user supplies.</summary>
internal static class DatabricksDriver
{
    // What a decimal of .NET holds without rounding.
    private const int DigitsOfDecimal = 28;
    private const long MostSeconds = 172_800;

    /// <summary>Sessions are set to UTC, ANSI mode and the time that the statement may take; run and fragment stand in a comment, which the query history shows.</summary>
    internal static DriverVendor For() => new()
    {
        Pins = name => ["SET TIME ZONE 'UTC'", "SET ANSI_MODE = true", string.Create(CultureInfo.InvariantCulture, $"SET STATEMENT_TIMEOUT = {name.Seconds(MostSeconds)}")],
        Mark = (sql, name) => $"/* {name.Tag} */ {sql}",
        FindRule = DatabricksErrors.Table.FindCode,
        Placeholders = [new("warehouse", "of the connection string")],
    };

    /// <summary>The statement with those values as text that drivers would round or move to another zone: numbers of more than 28 digits, and times.</summary>
    internal static string Carried(string sql, ImmutableArray<PlanColumn> columns, ImmutableArray<string> names)
    {
        if (!columns.Any(column => IsCarried(column.Storage)))
        {
            return sql;
        }

        var outputs = columns.Zip(names, (column, name) =>
        {
            var quoted = DatabricksDialect.Instance.QuoteIdentifier(name);
            // Times come in the session's zone, which is UTC.
            return IsCarried(column.Storage) ? $"CAST({quoted} AS STRING) AS {quoted}" : quoted;
        });
        return $"SELECT {string.Join(", ", outputs)}\nFROM (\n{sql}\n)";
    }

    private static bool IsCarried(StorageType storage) => storage is StoredWallClock or StoredInstant or StoredDecimal { Precision: > DigitsOfDecimal };
}
