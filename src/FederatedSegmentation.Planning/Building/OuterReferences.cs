using System.Collections.Immutable;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Finds what a condition on related rows reads of the rows outside.</summary>
internal static class OuterReferences
{
    /// <summary>
    /// The distinct references in the conditions on one kind of related row that leave that row, with <see cref="ReferenceOperand.FramesUp"/> counted from the row
    /// that the related rows start from (0 there).
    /// </summary>
    public static ImmutableArray<ReferenceOperand> Of(params IEnumerable<ResolvedPredicate> where)
    {
        var found = new List<ReferenceOperand>();
        foreach (var predicate in where)
        {
            Visit(predicate, depth: 1, found);
        }

        return [.. found.DistinctBy(reference => (reference.FramesUp, reference.Path.ToString(), reference.Column))];
    }

    /// <summary>The references of the tests.</summary>
    public static IEnumerable<ReferenceOperand> In(ValueTest test) => Operands(test).OfType<ReferenceOperand>();

    private static void Visit(ResolvedPredicate predicate, int depth, List<ReferenceOperand> found)
    {
        switch (predicate)
        {
            case ConstantPredicate or InKeySetPredicate:
                break;
            case AllPredicate all:
                foreach (var item in all.Items)
                {
                    Visit(item, depth, found);
                }

                break;
            case AnyPredicate any:
                foreach (var item in any.Items)
                {
                    Visit(item, depth, found);
                }

                break;
            case NotPredicate not:
                Visit(not.Item, depth, found);
                break;
            case LeafPredicate leaf:
                Add(leaf.Test, depth, found);
                break;
            case RelatedPredicate related:
                Visit(related.Where, depth + 1, found);
                foreach (var test in related.Aggregation?.Tests ?? [])
                {
                    Add(test, depth, found);
                }

                break;
            case PickPredicate pick:
                Visit(pick.Where, depth + 1, found);
                Visit(pick.Must, depth + 1, found);
                break;
            case SequencePredicate sequence:
                foreach (var where in sequence.Wheres)
                {
                    Visit(where, depth + 1, found);
                }

                break;
            case RegularPredicate regular:
                Visit(regular.Where, depth + 1, found);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate.");
        }
    }

    private static void Add(ValueTest test, int depth, List<ReferenceOperand> found)
        => found.AddRange(In(test).Where(reference => reference.FramesUp >= depth).Select(reference => reference with { FramesUp = reference.FramesUp - depth }));

    private static ImmutableArray<Operand> Operands(ValueTest test) => test switch
    {
        CompareTest compare => [compare.Operand],
        BetweenTest between => [between.Low, between.High],
        InTest list => list.Items,
        TextTest text => [text.Operand],
        WindowTest or IsNullTest or IsEmptyTest or MonthDayTest => [],
        _ => throw new ArgumentOutOfRangeException(nameof(test), test, "Unknown test."),
    };
}
