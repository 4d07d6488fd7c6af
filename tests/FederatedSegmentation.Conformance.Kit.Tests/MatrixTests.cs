using FederatedSegmentation.Conformance.Kit.Reports;
using FederatedSegmentation.Testing.Conformance;

namespace FederatedSegmentation.Conformance.Kit.Tests;

/// <summary>The page; whether its cells are right is the business of each connector's tests.</summary>
public sealed class MatrixTests
{
    [Fact]
    public async Task The_committed_page_has_the_rows_of_the_kit_and_no_open_cell()
    {
        var page = await File.ReadAllTextAsync(MatrixFile.Path);
        Assert.Equal(ConformanceMatrix.Read(page).Write(), page);
        Assert.DoesNotContain("| ? |", page, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILS", page, StringComparison.Ordinal);
    }
}
