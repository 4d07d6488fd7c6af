namespace FederatedSegmentation.Model.Errors;

/// <summary>One thing that is wrong, as a person reads it: <c>CODE place: what happened. What to do.</c></summary>
/// <remarks>Never holds a secret, nor a value of the customer's data (keys, columns, literals). Immutable; equality by value.</remarks>
public sealed record Problem
{
    /// <summary>The stable code, for instance <c>SDL002</c>. Never renumbered, never reused. Its prefix decides the exit code.</summary>
    public required string Code { get; init; }

    /// <summary>What happened, as a sentence without the code.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it, as a sentence.</summary>
    public required string Hint { get; init; }

    /// <summary>The stage of the road at which it was found.</summary>
    public required Stage Stage { get; init; }

    /// <summary>Who has to act, derived from the code's prefix.</summary>
    public ErrorKind Kind => ErrorCodes.KindOf(Code);

    /// <summary>The data source concerned, or null.</summary>
    public string? Source { get; init; }

    /// <summary>The file concerned as the user named it, or null.</summary>
    public string? File { get; init; }

    /// <summary>The JSON pointer of the defect inside <see cref="File"/>, or null.</summary>
    public string? Pointer { get; init; }

    /// <summary>The line in <see cref="File"/>, counted from 1, or null.</summary>
    public int? Line { get; init; }

    /// <summary>Whether the same request may succeed later without a change.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the source asked to wait before the next try, or null if it said nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The one-line form for standard error.</summary>
    public override string ToString()
    {
        var place = string.Join(' ', new[]
        {
            Source,
            File is null ? null : Line is { } line ? $"{File}:{line}" : File,
            Pointer is { Length: > 0 } pointer ? pointer : null,
        }.Where(part => part is not null));
        return place.Length == 0 ? $"{Code}: {Message} {Hint}".TrimEnd() : $"{Code} {place}: {Message} {Hint}".TrimEnd();
    }
}
