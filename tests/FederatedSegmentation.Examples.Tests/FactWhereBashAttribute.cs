using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>A test of a shell script; not run where there is no bash.</summary>
internal sealed class FactWhereBashAttribute : FactAttribute
{
    public FactWhereBashAttribute()
    {
        if (!File.Exists("/bin/bash"))
        {
            Skip = "There is no /bin/bash. Run the tests on Linux or macOS.";
        }
    }
}
