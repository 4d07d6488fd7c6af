using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Snowflake;

/// <summary>What Snowflake needs of a driver that the user supplies.</summary>
internal static class SnowflakeDriver
{
    // What a decimal of .NET holds without rounding.
    private const int DigitsOfDecimal = 28;
    private const long MostSeconds = 604_800;
    private const string TimeFormat = "YYYY-MM-DD HH24:MI:SS.FF9";

    /// <summary>Sessions are set to UTC, to the time that the statement may take, and to a tag with run and fragment.</summary>
    internal static DriverVendor For(SnowflakeOptions options) => new()
    {
        Pins = name => [string.Create(CultureInfo.InvariantCulture, $"ALTER SESSION SET TIMEZONE = 'UTC' QUERY_TAG = '{name.Tag}' STATEMENT_TIMEOUT_IN_SECONDS = {name.Seconds(MostSeconds)}")],
        FindRule = SnowflakeErrors.FindRule,
        Placeholders = SnowflakeErrors.Placeholders(options, "of the connection string", "of the connection string", "of the connection string"),
    };

    /// <summary>
    /// The statement with those values as text that drivers would round: numbers of more than 28 digits, and times, of which Snowflake keeps nine digits and
    /// .NET seven.
    /// </summary>
    internal static string Carried(string sql, ImmutableArray<PlanColumn> columns, ImmutableArray<string> names)
    {
        if (!columns.Any(column => IsCarried(column.Storage)))
        {
            return sql;
        }

        var outputs = columns.Zip(names, (column, name) =>
        {
            var quoted = SnowflakeDialect.Instance.QuoteIdentifier(name);
            return column.Storage switch
            {
                StoredWallClock => $"TO_VARCHAR({quoted}, '{TimeFormat}') AS {quoted}",
                StoredInstant => $"TO_VARCHAR(CONVERT_TIMEZONE('UTC', {quoted}), '{TimeFormat}') AS {quoted}",
                StoredDecimal { Precision: > DigitsOfDecimal } => $"CAST({quoted} AS VARCHAR) AS {quoted}",
                _ => quoted,
            };
        });
        return $"SELECT {string.Join(", ", outputs)}\nFROM (\n{sql}\n)";
    }

    private static bool IsCarried(StorageType storage) => storage is StoredWallClock or StoredInstant or StoredDecimal { Precision: > DigitsOfDecimal };
}
