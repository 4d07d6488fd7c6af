using System.Collections.Immutable;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>The capabilities of a source by name, in the order of their record.</summary>
public static class CapabilityTable
{
    private static readonly ImmutableArray<System.Reflection.PropertyInfo> Supports =
        [.. typeof(Capabilities).GetProperties().Where(property => property.PropertyType == typeof(Support)).OrderBy(property => property.MetadataToken)];

    /// <summary>The names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Supports.Select(property => property.Name)];

    /// <summary>What a source says of a capability.</summary>
    public static Support Of(Capabilities source, string name) => (Support)Find(name).GetValue(source)!;

    /// <summary>The source that says something else of some capabilities.</summary>
    public static Capabilities With(Capabilities source, IEnumerable<string> names, Support support)
    {
        var changed = source with { };
        foreach (var name in names)
        {
            Find(name).SetValue(changed, support);
        }

        return changed;
    }

    /// <summary>The source that is asked for rows and nothing else.</summary>
    public static Capabilities RowsOnly(Capabilities source)
        => With(source, Names, Support.None("the conformance kit asks for rows only")) with { MaxListedValues = 0 };

    private static System.Reflection.PropertyInfo Find(string name)
        => Supports.FirstOrDefault(property => string.Equals(property.Name, name, StringComparison.Ordinal)) ?? throw new ArgumentException($"'{name}' is not a capability.", nameof(name));
}
