using FederatedSegmentation.Model.Entities;

namespace FederatedSegmentation.Sql;

/// <summary>Knows how the embedded engine reads the tables of file sources.</summary>
public interface IEngineTables
{
    /// <summary>The relation behind an entity that was described before: a table function over its files, and one expression per column that yields the declared type.</summary>
    /// <exception cref="KeyNotFoundException">The entity was not described.</exception>
    EngineTable TableOf(Entity entity);
}
