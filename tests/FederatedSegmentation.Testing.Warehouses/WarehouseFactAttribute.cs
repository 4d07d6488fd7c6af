using Xunit;

namespace FederatedSegmentation.Testing.Warehouses;

/// <summary>A test that needs a local warehouse server; where Node.js is missing it is counted as not run, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WarehouseFactAttribute : FactAttribute
{
    /// <summary>Looks whether servers can be started.</summary>
    public WarehouseFactAttribute() => Skip = NodeInstallation.WhyMissing;
}

/// <summary>A theory that needs a local warehouse server; where Node.js is missing it is counted as not run, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WarehouseTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks whether servers can be started.</summary>
    public WarehouseTheoryAttribute() => Skip = NodeInstallation.WhyMissing;
}
