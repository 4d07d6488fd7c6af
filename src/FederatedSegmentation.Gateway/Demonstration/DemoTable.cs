using System.Collections.Immutable;

namespace FederatedSegmentation.Gateway.Demonstration;

/// <summary>A table of the demonstration in a local warehouse.</summary>
/// <param name="Vendor">The folder of the server.</param>
/// <param name="Database">The database, catalog or project.</param>
/// <param name="Schema">The schema or dataset.</param>
/// <param name="Name">The name.</param>
/// <param name="Columns">The columns with their types as the vendor spells them.</param>
internal sealed record DemoTable(string Vendor, string Database, string Schema, string Name, ImmutableArray<(string Name, string Type)> Columns);
