using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Gathers everything that is wrong with one file, so that its author mends all of it at once.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
/// <param name="file">The file as the user named it.</param>
public sealed class DefinitionProblems(string file)
{
    private const int MostSuggestions = 100;
    private readonly ImmutableArray<Problem>.Builder _problems = ImmutableArray.CreateBuilder<Problem>();
    private int _suggestions;

    /// <summary>Whether nothing was wrong so far.</summary>
    public bool IsEmpty => _problems.Count == 0;

    /// <summary>What was wrong, in the order of the text as far as lines are known.</summary>
    public ImmutableArray<Problem> Problems => [.. _problems.OrderBy(problem => problem.Line ?? 0)];

    /// <summary>Adds a defect and goes on.</summary>
    public void Add(string code, DocumentPlace place, string message, string hint) => Add(code, place.Pointer, place.Line, message, hint);

    /// <summary>Adds a defect and goes on.</summary>
    public void Add(string code, string? pointer, long? line, string message, string hint) => _problems.Add(new Problem
    {
        Code = code,
        Message = message,
        Hint = hint,
        Stage = Stage.Definition,
        File = file,
        Pointer = pointer,
        Line = line is { } number ? checked((int)number) : null,
    });

    /// <summary>Adds a defect after which the rest of the text cannot be understood, and gives the exception to throw.</summary>
    public FederatedSegmentationException Fatal(string code, string? pointer, long? line, string message, string hint, Exception? inner = null)
    {
        Add(code, pointer, line, message, hint);
        return new FederatedSegmentationException(Problems, inner);
    }

    /// <summary>Ends the reading when something was wrong.</summary>
    /// <exception cref="FederatedSegmentationException">With all defects.</exception>
    public void ThrowIfAny()
    {
        if (!IsEmpty)
        {
            throw new FederatedSegmentationException(Problems);
        }
    }

    /// <summary>
    /// <c>Did you mean 'orders'?</c>, or <paramref name="otherwise"/> where no name is near. Only the first defects of a file get suggestions, because each
    /// compares with every candidate.
    /// </summary>
    internal string Suggest(string name, IEnumerable<string> candidates, string otherwise) =>
        _suggestions++ < MostSuggestions && NearestNames.Of(name, candidates) is { IsEmpty: false } near
            ? $"Did you mean {string.Join(" or ", near.Select(candidate => $"'{candidate}'"))}?"
            : otherwise;
}
