using FederatedSegmentation.Connectors.Fabric.Dialect;

namespace FederatedSegmentation.Connectors.Fabric.Catalog;

/// <summary>The queries on the catalogue views. Views show what the account may read; nothing is ordered there, because text is not ordered by bytes.</summary>
internal static class CatalogQueries
{
    /// <summary>All tables and views: schema, name, kind.</summary>
    internal const string Relations = """
        SELECT t.TABLE_SCHEMA AS [schema], t.TABLE_NAME AS [name], t.TABLE_TYPE AS [kind]
        FROM INFORMATION_SCHEMA.TABLES AS t
        """;

    /// <summary>Sizes of tables as the optimizer estimates them: schema, name, rows.</summary>
    internal const string Sizes = """
        SELECT s.name AS [schema], o.name AS [name], CAST(OBJECTPROPERTYEX(o.object_id, 'Cardinality') AS bigint) AS [rows]
        FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        WHERE o.type = 'U'
        """;

    /// <summary>Primary keys, a column a row: schema, name, column, position.</summary>
    internal const string PrimaryKeys = """
        SELECT s.name AS [schema], o.name AS [name], c.name AS [column], CAST(i.key_ordinal AS int) AS [position]
        FROM sys.key_constraints AS k
        JOIN sys.index_columns AS i ON i.object_id = k.parent_object_id AND i.index_id = k.unique_index_id
        JOIN sys.columns AS c ON c.object_id = i.object_id AND c.column_id = i.column_id
        JOIN sys.objects AS o ON o.object_id = k.parent_object_id
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        WHERE k.type = 'PK'
        """;

    /// <summary>Foreign keys, a column a row: constraint, position, schema, name, column, then schema, name and column of what it refers to.</summary>
    internal const string ForeignKeys = """
        SELECT f.constraint_object_id AS [constraint], f.constraint_column_id AS [position],
          s.name AS [schema], o.name AS [name], c.name AS [column], rs.name AS [to_schema], ro.name AS [to_name], rc.name AS [to_column]
        FROM sys.foreign_key_columns AS f
        JOIN sys.objects AS o ON o.object_id = f.parent_object_id
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        JOIN sys.columns AS c ON c.object_id = f.parent_object_id AND c.column_id = f.parent_column_id
        JOIN sys.objects AS ro ON ro.object_id = f.referenced_object_id
        JOIN sys.schemas AS rs ON rs.schema_id = ro.schema_id
        JOIN sys.columns AS rc ON rc.object_id = f.referenced_object_id AND rc.column_id = f.referenced_column_id
        """;

    /// <summary>What the account may do with the warehouse.</summary>
    internal const string Permissions = "SELECT p.permission_name AS [permission] FROM sys.fn_my_permissions(NULL, 'Database') AS p";

    /// <summary>The warehouse's collation.</summary>
    internal const string Collation = "SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS varchar(128)) AS [collation]";

    private const string AllColumns = """
        SELECT c.TABLE_SCHEMA AS [schema], c.TABLE_NAME AS [name], c.COLUMN_NAME AS [column], c.ORDINAL_POSITION AS [position], c.DATA_TYPE AS [type],
          c.CHARACTER_MAXIMUM_LENGTH AS [length], CAST(c.NUMERIC_PRECISION AS int) AS [precision], CAST(c.NUMERIC_SCALE AS int) AS [scale],
          CAST(c.DATETIME_PRECISION AS int) AS [digits], c.COLLATION_NAME AS [collation]
        FROM INFORMATION_SCHEMA.COLUMNS AS c
        """;

    /// <summary>The columns of relations, or of all where none is named: schema, name, column, position, type, length, precision, scale, digits of the second, collation.</summary>
    internal static string Columns(IReadOnlyCollection<QualifiedName> relations) => relations.Count == 0
        ? AllColumns
        : $"{AllColumns}\nWHERE {string.Join(" OR ", relations.Distinct().Select(name => $"(c.TABLE_SCHEMA = {FabricLiterals.Text(name.Schema)} AND c.TABLE_NAME = {FabricLiterals.Text(name.Relation)})"))}";
}
