using Xunit;

namespace FederatedSegmentation.Membership.Tests;

/// <summary>A test of what only Linux offers (<c>/dev/full</c>, <c>/sys</c>); elsewhere it is not run, by name.</summary>
internal sealed class FactOnLinuxAttribute : FactAttribute
{
    public FactOnLinuxAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Only Linux has /dev/full and /sys.";
        }
    }
}
