using System.Collections.Immutable;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors;

/// <summary>A source whose tables the embedded engine reads itself (files): its fragments are part of the residual statement.</summary>
public interface IEngineSource : IDataSourceConnector, IEngineTables
{
    /// <summary>Absolute folders that the engine must be allowed to read.</summary>
    ImmutableArray<string> AllowedDirectories { get; }
}
