using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Membership;

/// <summary>A column of the output.</summary>
/// <param name="Name">The logical name.</param>
/// <param name="Type">The declared type; any but float64.</param>
public sealed record MembershipColumn(string Name, DataType Type);
