namespace FederatedSegmentation.Architecture.Tests;

/// <summary>The checkout that the tests belong to.</summary>
internal static class Checkout
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The project files, relative to the root, with '/' between folders.</summary>
    public static IReadOnlyList<string> Projects { get; } =
    [
        .. new[] { "src", "connectors", "tests", "conformance" }
            .SelectMany(area => Directory.EnumerateDirectories(Path.Combine(Root, area)))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a file of the checkout.</summary>
    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FederatedSegmentation.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run inside a checkout: no FederatedSegmentation.sln above " + AppContext.BaseDirectory);
    }
}
