using System.Collections.Immutable;
using FederatedSegmentation.Connectors;

namespace FederatedSegmentation.Reports;

/// <summary>A source of the settings.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind, for instance <c>postgres</c>.</param>
/// <param name="Place">Where it is, without secrets: a folder, or <c>host:port/database</c>.</param>
public sealed record SourceReport(string Name, string Kind, string Place);

/// <summary>How the connection tests went.</summary>
/// <param name="Sources">Each source that was tested.</param>
public sealed record SourceTestReport(ImmutableArray<TestedSource> Sources);

/// <summary>How the connection test of one source went.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Checks">The steps in order; a failed one is the last.</param>
public sealed record TestedSource(string Source, ImmutableArray<ConnectionCheck> Checks);
