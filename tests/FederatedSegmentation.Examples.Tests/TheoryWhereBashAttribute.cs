using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>A theory over shell commands; not run where there is no bash.</summary>
internal sealed class TheoryWhereBashAttribute : TheoryAttribute
{
    public TheoryWhereBashAttribute() => Skip = new FactWhereBashAttribute().Skip;
}
