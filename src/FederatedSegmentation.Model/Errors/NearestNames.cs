using System.Collections.Immutable;

namespace FederatedSegmentation.Model.Errors;

/// <summary>The names that a mistyped one is nearest to, by Levenshtein distance.</summary>
public static class NearestNames
{
    private const int Most = 3;

    /// <summary>At most three candidates within a third of the name's length (and within two changes of any but the shortest), the nearest first; ties in the order of the alphabet.</summary>
    /// <param name="name">The name as it was typed.</param>
    /// <param name="candidates">The names that there are.</param>
    public static ImmutableArray<string> Of(string name, IEnumerable<string> candidates)
    {
        var most = name.Length < 4 ? 1 : Math.Max(2, name.Length / 3);
        return
        [
            .. candidates
                .Distinct(StringComparer.Ordinal)
                .Select(candidate => (Name: candidate, Distance: Distance(name, candidate, most)))
                .Where(candidate => candidate.Distance <= most)
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Select(candidate => candidate.Name)
                .Take(Most),
        ];
    }

    /// <summary>The distance, or something greater than <paramref name="most"/>. Upper and lower case are near: their difference counts nothing.</summary>
    private static int Distance(string left, string right, int most)
    {
        if (Math.Abs(left.Length - right.Length) > most || right.Length > 200)
        {
            return int.MaxValue;
        }

        Span<int> previous = stackalloc int[right.Length + 1];
        Span<int> current = stackalloc int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++)
        {
            previous[column] = column;
        }

        for (var row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            var best = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var same = char.ToLowerInvariant(left[row - 1]) == char.ToLowerInvariant(right[column - 1]);
                current[column] = Math.Min(Math.Min(previous[column], current[column - 1]) + 1, previous[column - 1] + (same ? 0 : 1));
                best = Math.Min(best, current[column]);
            }

            if (best > most)
            {
                return int.MaxValue;
            }

            current.CopyTo(previous);
        }

        return previous[right.Length];
    }
}
