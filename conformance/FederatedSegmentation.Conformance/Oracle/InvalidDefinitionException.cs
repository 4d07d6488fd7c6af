namespace FederatedSegmentation.Conformance.Oracle;

/// <summary>The oracle assumes a valid model and a valid definition; this says which assumption broke.</summary>
public sealed class InvalidDefinitionException(string message) : Exception(message);
