using System.Collections.Immutable;
using System.Text.Json.Serialization;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Reports;

/// <summary>Why something did not work: the JSON of errors.</summary>
/// <param name="Errors">All problems, never empty.</param>
public sealed record ErrorReport(ImmutableArray<ErrorEntry> Errors)
{
    /// <summary>The report of the problems.</summary>
    public static ErrorReport Of(ImmutableArray<Problem> problems) => new([.. problems.Select(ErrorEntry.Of)]);
}

/// <summary>One problem.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Kind">Whose turn it is.</param>
/// <param name="Stage">The stage of the road.</param>
/// <param name="Source">The data source, or null.</param>
/// <param name="Message">What happened.</param>
/// <param name="Hint">What to do.</param>
/// <param name="Pointer">The JSON pointer of the defect inside <paramref name="File"/>, or null.</param>
/// <param name="Line">The line in <paramref name="File"/>, from 1, or null.</param>
/// <param name="File">The file concerned; left out where there is none.</param>
/// <param name="Transient">True where the same request may succeed later; left out otherwise.</param>
/// <param name="RetryAfter">Seconds that the source asked to wait; left out where it said nothing.</param>
public sealed record ErrorEntry(
    string Code,
    ErrorKind Kind,
    Stage Stage,
    string? Source,
    string Message,
    string Hint,
    string? Pointer,
    int? Line,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? File,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Transient,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? RetryAfter)
{
    /// <summary>The entry of a problem.</summary>
    public static ErrorEntry Of(Problem problem) => new(
        problem.Code,
        problem.Kind,
        problem.Stage,
        problem.Source,
        problem.Message,
        problem.Hint,
        problem.Pointer,
        problem.Line,
        problem.File,
        problem.IsTransient ? true : null,
        problem.RetryAfter?.TotalSeconds);
}
