using System.Collections.Immutable;

namespace FederatedSegmentation.Model.Errors;

/// <summary>Ends a run, with every problem that was found: one for most stages, all defects of a file for definitions.</summary>
public class FederatedSegmentationException : Exception
{
    /// <summary>Ends the run with one problem.</summary>
    public FederatedSegmentationException(Problem problem, Exception? inner = null)
        : this([problem], inner)
    {
    }

    /// <summary>Ends the run with several problems.</summary>
    /// <exception cref="ArgumentException">There is no problem in the list.</exception>
    public FederatedSegmentationException(ImmutableArray<Problem> problems, Exception? inner = null)
        : base(problems.IsDefaultOrEmpty ? throw new ArgumentException("At least one problem is needed.", nameof(problems)) : string.Join('\n', problems), inner)
        => Problems = problems;

    /// <summary>What is wrong, in the order of the file; never empty.</summary>
    public ImmutableArray<Problem> Problems { get; }
}

/// <summary>How far a statement got at its source before it failed, so that a retry attaches to a running one rather than paying twice.</summary>
public enum SubmissionState
{
    /// <summary>The source never received it.</summary>
    NotSubmitted,

    /// <summary>The source accepted it.</summary>
    Submitted,

    /// <summary>The connection broke before the source answered.</summary>
    Unknown,
}

/// <summary>A source failed (SRC…), or its data break a promise of the model (DAT…).</summary>
public sealed class SourceException(Problem problem, Exception? inner = null) : FederatedSegmentationException(problem, inner)
{
    /// <summary>How far the statement got.</summary>
    public SubmissionState Submission { get; init; } = SubmissionState.NotSubmitted;

    /// <summary>The source's own code, for instance an SQLSTATE, or null.</summary>
    public string? NativeCode { get; init; }
}
