using System.Globalization;

namespace FederatedSegmentation.Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Parts">Which benchmarks, in the order of the report.</param>
/// <param name="Scale">The share of the full amount of data, above 0; 1 is the size that the goals speak of.</param>
/// <param name="Repetitions">Measured pairs of runs; one more comes first and is discarded.</param>
/// <param name="Data">The folder that keeps the data from run to run, or null for one that is removed.</param>
/// <param name="Only">The one question to ask, or null for all.</param>
/// <param name="Report">The absolute path of the report, or null to print it only.</param>
internal sealed record BenchmarkOptions(IReadOnlyList<string> Parts, double Scale, int Repetitions, string? Data, string? Only, string? Report)
{
    internal const string Usage = "usage: [endtoend|tpch|behaviour|skew|memory|planning|bigmodel|postgres|keys|databricks|bigquery|snowflake|fabric|coldstart|all]... [--scale SHARE] [--repetitions N] [--data FOLDER] [--only QUESTION] [--report FILE]";

    private static readonly string[] All = ["endtoend", "tpch", "behaviour", "skew", "memory", "planning", "bigmodel", "postgres", "keys", "databricks", "bigquery", "snowflake", "fabric", "coldstart"];

    /// <summary>Memory that both sides may use, in bytes.</summary>
    internal const long MemoryLimitBytes = 4L << 30;

    /// <summary>Reads the arguments; null where they are wrong.</summary>
    internal static BenchmarkOptions? Parse(IReadOnlyList<string> arguments)
    {
        var parts = new List<string>();
        var (scale, repetitions, report) = (1.0, 7, (string?)null);
        var (data, only) = ((string?)null, (string?)null);
        for (var i = 0; i < arguments.Count; i++)
        {
            var hasValue = i + 1 < arguments.Count;
            switch (arguments[i])
            {
                case "all":
                    parts.AddRange(All);
                    break;
                case "--scale" when hasValue && double.TryParse(arguments[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out scale) && scale > 0:
                case "--repetitions" when hasValue && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out repetitions) && repetitions > 0:
                    i++;
                    break;
                case "--data" when hasValue:
                    data = Path.GetFullPath(arguments[++i]);
                    break;
                case "--only" when hasValue:
                    only = arguments[++i];
                    break;
                case "--report" when hasValue:
                    report = Path.GetFullPath(arguments[++i]);
                    break;
                case var part when All.Contains(part, StringComparer.Ordinal):
                    parts.Add(part);
                    break;
                default:
                    return null;
            }
        }

        return new BenchmarkOptions([.. All.Where(part => parts.Count == 0 || parts.Contains(part, StringComparer.Ordinal))], scale, repetitions, data, only, report);
    }
}
