using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.BigQuery.Catalog;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>What BigQuery needs of a driver that the user supplies.</summary>
internal static class BigQueryDriver
{
    // What a decimal of .NET holds without rounding.
    private const int DigitsOfDecimal = 28;

    // Four digits of the year, six behind the second.
    private const string TimeFormat = "%E4Y-%m-%d %H:%M:%E6S";

    /// <summary>Sessions need nothing: every statement names its zone. Run and fragment stand in a comment, which the job shows.</summary>
    internal static DriverVendor For(BigQueryOptions options) => new()
    {
        Mark = (sql, name) => $"/* {name.Tag} */ {sql}",
        FindRule = BigQueryErrors.FindRule,
        Placeholders = [new("project", options.Project), new("location", "of the connection string")],
    };

    /// <summary>The statement with those values as text that drivers would round or move to another zone: numbers of more than 28 digits or of BIGNUMERIC, and times.</summary>
    internal static string Carried(string sql, ImmutableArray<PlanColumn> columns, ImmutableArray<string> names)
    {
        if (!columns.Any(column => column.Storage is StoredDecimal or StoredInstant or StoredWallClock))
        {
            return sql;
        }

        var outputs = columns.Zip(names, (column, name) =>
        {
            var quoted = BigQueryDialect.Instance.QuoteIdentifier(name);
            return column.Storage switch
            {
                StoredInstant => $"FORMAT_TIMESTAMP('{TimeFormat}', {quoted}, 'UTC') AS {quoted}",
                StoredWallClock => $"FORMAT_DATETIME('{TimeFormat}', {quoted}) AS {quoted}",
                StoredDecimal { Precision: > DigitsOfDecimal } => $"CAST({quoted} AS STRING) AS {quoted}",
                StoredDecimal exact => $"CAST({quoted} AS {BigQueryTypes.ResultType(exact)}) AS {quoted}",
                _ => quoted,
            };
        });
        return $"SELECT {string.Join(", ", outputs)}\nFROM (\n{sql}\n)";
    }
}
