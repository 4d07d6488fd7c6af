using System.Reflection;

namespace FederatedSegmentation.Testing;

/// <summary>Where the build has put the drivers that tests load.</summary>
internal static class DriverFolder
{
    /// <summary>The folder.</summary>
    internal static string Path { get; } = typeof(DriverFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Drivers").Value!;
}
