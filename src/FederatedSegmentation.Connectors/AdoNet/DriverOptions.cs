namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>A driver that the user supplies. Holds no secret. Immutable.</summary>
/// <param name="Factory">The assembly-qualified name of its <see cref="System.Data.Common.DbProviderFactory"/>: <c>Namespace.TypeFactory, Assembly</c>.</param>
/// <param name="Path">The absolute path of the folder that holds the driver with everything that it needs, or of its assembly in that folder.</param>
/// <param name="ConnectionString">Reads the connection string, whenever a connection is opened; it is kept nowhere else and shown nowhere.</param>
public sealed record DriverOptions(string Factory, string Path, Func<string> ConnectionString)
{
    /// <summary>The factory's type, without its assembly: how messages name the driver.</summary>
    public string Name => TypeName.Length > 0 ? TypeName : "without a name";

    /// <summary>The type's name.</summary>
    internal string TypeName => Factory.Split(',', 2)[0].Trim();

    /// <summary>The assembly's name, or null where <see cref="Factory"/> names none.</summary>
    internal string? AssemblyName => Factory.Split(',', 2) is [_, var assembly] && assembly.Trim() is { Length: > 0 } name ? name : null;

    /// <inheritdoc />
    public override string ToString() => $"driver {Name}";
}
