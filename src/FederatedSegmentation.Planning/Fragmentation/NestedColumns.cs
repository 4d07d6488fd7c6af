using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Rewriting;

namespace FederatedSegmentation.Planning.Fragmentation;

/// <summary>Refuses plans that read columns without a plain value. A column that the model declares and nobody reads does no harm.</summary>
internal static class NestedColumns
{
    /// <summary>Names every such column that the fragments read.</summary>
    /// <exception cref="FederatedSegmentationException">SRC104.</exception>
    public static void Refuse(ImmutableArray<QueryFragment> fragments)
    {
        var problems = fragments
            .SelectMany(fragment => PlanTree.Scans(fragment.Plan).SelectMany(scan => scan.Columns.Zip(scan.Sources)
                .Where(pair => pair.First.Storage is StoredNested)
                .Select(pair => (fragment.Source, scan.Entity.Name, pair.Second.SourceName, Type: ((StoredNested)pair.First.Storage).NativeName))))
            .Distinct()
            .Select(found => new Problem
            {
                Code = "SRC104",
                Stage = Stage.Plan,
                Source = found.Source,
                Message = $"Column '{found.SourceName}' of {found.Name} is stored as {found.Type}, which has no plain value.",
                Hint = "Leave it out of the segment, or store it as a plain value, in a view for instance.",
            })
            .ToImmutableArray();
        if (!problems.IsEmpty)
        {
            throw new FederatedSegmentationException(problems);
        }
    }
}
