using System.Globalization;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Residual;

/// <summary>The data error of values that do not fit the declared type of their column.</summary>
public static class MisfitProblem
{
    private const int LongestValue = 60;

    /// <summary>The problem, which names entity, column and count, and the values only where they are given.</summary>
    /// <param name="source">The data source.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="column">The logical column.</param>
    /// <param name="type">The declared type, or null where it is not known.</param>
    /// <param name="count">How many values do not fit, or null where they were not counted.</param>
    /// <param name="values">The first of them, where the user asked to see values of the data; else empty.</param>
    public static Problem Of(string? source, string entity, string column, DataType? type, long? count, IReadOnlyList<string> values)
    {
        var counted = count switch
        {
            null => $"Values of {entity}.{column} do",
            1 => $"1 value of {entity}.{column} does",
            { } many => string.Create(CultureInfo.InvariantCulture, $"{many:N0} values of {entity}.{column} do"),
        };
        var shown = values.Count == 0 ? "." : $": {string.Join(", ", values.Select(Shown))}{(count > values.Count ? string.Create(CultureInfo.InvariantCulture, $" and {count - values.Count:N0} more.") : ".")}";
        return new Problem
        {
            Code = "DAT001",
            Stage = Stage.Residual,
            Source = source,
            Message = $"{counted} not fit the declared type{(type is null ? "" : " " + type.Name)}{shown}",
            Hint = values.Count == 0 ? "Correct the data, or declare the type that they have; --show-values shows the first three." : "Correct the data, or declare the type that they have.",
        };
    }

    // One line, whatever stands in the data.
    private static string Shown(string value)
    {
        var text = string.Concat(value.Take(LongestValue).Select(character => char.IsControl(character) ? '�' : character));
        return value.Length > LongestValue ? $"'{text}…'" : $"'{text}'";
    }
}
