using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Testing.Conformance;

/// <summary>What local servers say where they cannot do as the vendor does.</summary>
public static class StandIn
{
    /// <summary>Why the local server refuses, or null where it does not.</summary>
    public static string? WhyItRefuses(Problem problem) => problem.Message.Contains("local server", StringComparison.OrdinalIgnoreCase) || problem.Message.Contains("notImplemented", StringComparison.Ordinal) ? problem.Message.TrimEnd('.') : null;
}
