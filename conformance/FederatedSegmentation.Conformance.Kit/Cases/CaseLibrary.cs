using System.Collections.Immutable;

namespace FederatedSegmentation.Conformance.Kit.Cases;

/// <summary>All groups of cases, as they were when the kit was built. Safe for concurrent use.</summary>
public static class CaseLibrary
{
    private const string Folder = "cases/";

    private static readonly Lazy<ImmutableArray<ConformanceGroup>> Groups = new(ReadAll);

    /// <summary>The groups by name.</summary>
    public static ImmutableArray<ConformanceGroup> All => Groups.Value;

    private static ImmutableArray<ConformanceGroup> ReadAll()
    {
        var assembly = typeof(CaseLibrary).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return GroupReader.Read(Path.GetFileNameWithoutExtension(name), reader.ReadToEnd());
                }),
        ];
    }
}
