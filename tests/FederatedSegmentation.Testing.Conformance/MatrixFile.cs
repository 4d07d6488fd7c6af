using FederatedSegmentation.Conformance.Kit.Reports;
using FederatedSegmentation.Conformance.Kit.Running;
using Xunit;

namespace FederatedSegmentation.Testing.Conformance;

/// <summary>The committed matrix, of which each connector's tests know one column.</summary>
public static class MatrixFile
{
    /// <summary>With the value <c>write</c>, the column is written instead of compared.</summary>
    private const string Variable = "FEDSEG_CONFORMANCE_MATRIX";

    /// <summary>Whether columns are written instead of compared.</summary>
    public static bool IsWritten => Environment.GetEnvironmentVariable(Variable) == "write";

    /// <summary>The path of the matrix in the checkout.</summary>
    public static string Path { get; } = System.IO.Path.Combine(FindRoot(), "conformance", "MATRIX.md");

    /// <summary>Compares the column of a source with the committed one, or writes it where the environment says so.</summary>
    public static async Task CheckAsync(ConformanceReport report)
    {
        var committed = File.Exists(Path) ? ConformanceMatrix.Read(await File.ReadAllTextAsync(Path)) : ConformanceMatrix.Empty;
        var now = committed.With(report);
        if (IsWritten)
        {
            await File.WriteAllTextAsync(Path, now.Write());
            return;
        }

        var stale = now.DifferencesFrom(committed);
        Assert.True(stale.Count == 0, $"The column {report.Spelling.Title} of conformance/MATRIX.md is stale; docs/write-a-connector.md says how to write it anew.\n{string.Join('\n', stale)}");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "FederatedSegmentation.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run inside a checkout: no FederatedSegmentation.sln above " + AppContext.BaseDirectory);
    }
}
