using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors;

/// <summary>A source whose tables the embedded engine reads itself (files): its fragments are part of the residual statement.</summary>
public interface IEngineSource : IDataSourceConnector, IEngineTables
{
    /// <summary>Absolute folders that the engine must be allowed to read.</summary>
    ImmutableArray<string> AllowedDirectories { get; }

    /// <summary>A statement that counts the values of a column that do not fit its declared type, or null for an entity of another source.</summary>
    string? CountMisfits(string entity, string column);

    /// <summary>What a failure of the engine while it read this source's tables means, without values of the data; null where the failure lies elsewhere.</summary>
    Problem? Explain(Exception failure);
}
