using System.Collections.Frozen;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>A parameter of a segment with its value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The declared type; a datetime has no zone.</param>
/// <param name="Value">The value. A timestamp or datetime is read anew from <paramref name="Text"/> beside each column, because one without an offset means another instant there.</param>
/// <param name="Text">The value as it was spelled.</param>
internal sealed record SegmentParameter(string Name, DataType Type, Literal Value, string Text);

/// <summary>The parameters that one segment declares.</summary>
/// <param name="known">By name; null where the declaration or the value is wrong, which was reported.</param>
internal sealed class SegmentParameters(FrozenDictionary<string, SegmentParameter?> known)
{
    /// <summary>No parameters.</summary>
    public static SegmentParameters None { get; } = new(FrozenDictionary<string, SegmentParameter?>.Empty);

    /// <summary>The names, right or wrong.</summary>
    public IEnumerable<string> Names => known.Keys;

    /// <summary>The parameter of this name, or null where there is none or something is wrong with it.</summary>
    public SegmentParameter? Find(string name) => known.GetValueOrDefault(name);

    /// <summary>The parameter that <c>{param: name}</c> stands for, or null after a report.</summary>
    public SegmentParameter? Find(MappingNode node, DefinitionProblems problems)
    {
        NodeShapes.CheckKeys(node, problems, "a parameter", ["param"]);
        var nameNode = node.Find("param")!;
        if (NodeShapes.Text(nameNode, problems, "the name of a parameter") is not { } name)
        {
            return null;
        }

        if (known.TryGetValue(name, out var parameter))
        {
            return parameter;
        }

        problems.Add("SDL012", nameNode.Place, $"The segment has no parameter '{name}'.", problems.Suggest(name, known.Keys, $"Declare it: params: {{{name}: {{type: …}}}}."));
        return null;
    }
}
