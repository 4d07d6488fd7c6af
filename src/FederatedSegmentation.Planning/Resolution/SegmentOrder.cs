using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Puts segments into an order in which each stands after those that it needs.</summary>
/// <param name="Segments">The segments.</param>
/// <param name="Cycles">SDL008 for each name that closes a circle.</param>
internal sealed record SegmentOrder(ImmutableArray<ReadSegment> Segments, ImmutableArray<Problem> Cycles)
{
    /// <summary>Walks from the roots to what they need. Does not recurse: chains may be long.</summary>
    /// <param name="roots">Where to start.</param>
    /// <param name="byId">All segments that may be needed.</param>
    public static SegmentOrder Of(IEnumerable<ReadSegment> roots, IReadOnlyDictionary<string, ReadSegment> byId)
    {
        var ordered = ImmutableArray.CreateBuilder<ReadSegment>();
        var cycles = ImmutableArray.CreateBuilder<Problem>();
        var done = new HashSet<ReadSegment>(ReferenceEqualityComparer.Instance);
        var open = new List<Visit>();
        var isOpen = new HashSet<ReadSegment>(ReferenceEqualityComparer.Instance);
        foreach (var root in roots)
        {
            if (!done.Contains(root))
            {
                open.Add(new Visit(root));
                isOpen.Add(root);
            }

            while (open.Count > 0)
            {
                var visit = open[^1];
                if (visit.Next == visit.Segment.Needs.Length)
                {
                    done.Add(visit.Segment);
                    ordered.Add(visit.Segment);
                    isOpen.Remove(visit.Segment);
                    open.RemoveAt(open.Count - 1);
                    continue;
                }

                var (id, place) = visit.Segment.Needs[visit.Next++];
                if (!byId.TryGetValue(id, out var needed) || done.Contains(needed))
                {
                    continue;
                }

                if (isOpen.Add(needed))
                {
                    open.Add(new Visit(needed));
                }
                else
                {
                    var circle = open.SkipWhile(other => !ReferenceEquals(other.Segment, needed)).Select(other => other.Segment.File.Id!);
                    cycles.Add(Cycle(visit.Segment.File, place, [.. circle, id]));
                }
            }
        }

        return new SegmentOrder(ordered.ToImmutable(), cycles.ToImmutable());
    }

    private static Problem Cycle(SegmentFile file, DocumentPlace place, IEnumerable<string> ids)
    {
        var problems = new DefinitionProblems(file.File);
        problems.Add("SDL008", place, $"Segments need each other in a circle: {string.Join(" → ", ids)}.", "Take one of them out of the circle.");
        return problems.Problems[0];
    }

    private sealed class Visit(ReadSegment segment)
    {
        public ReadSegment Segment => segment;

        public int Next { get; set; }
    }
}
