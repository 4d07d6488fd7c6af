namespace FederatedSegmentation.Connectors.Postgres.Catalog;

/// <summary>The queries on PostgreSQL's catalogues. All tables are asked for at once.</summary>
internal static class CatalogQueries
{
    /// <summary>
    /// The relations <c>$1</c> (schemas) and <c>$2</c> (names), one row each by position:
    /// schema exists, schema may be used, relation exists, rows, bytes.
    /// </summary>
    internal const string Relations = $"""
        SELECT q.position::int4, n.oid IS NOT NULL, coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false), c.oid IS NOT NULL, {Estimates}
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS q(schema, relation, position)
        LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = q.schema
        LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = q.relation AND c.relkind IN {Kinds}
        ORDER BY q.position
        """;

    /// <summary>The columns of the same relations: position, name, may be read, then the type.</summary>
    internal const string Columns = $"""
        {Domains}
        SELECT q.position::int4, a.attname::text, pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'), {Type}
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS q(schema, relation, position)
        JOIN pg_catalog.pg_namespace n ON n.nspname = q.schema
        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = q.relation AND c.relkind IN {Kinds}
        {Attributes}
        ORDER BY q.position, a.attnum
        """;

    /// <summary>The names of all relations in the schemas <c>$1</c>: schema, name. For hints.</summary>
    internal const string NamesInSchemas = $"""
        SELECT n.nspname::text, c.relname::text
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY($1::text[]) AND c.relkind IN {Kinds}
        """;

    /// <summary>All relations that the role may read: schema, name, rows, bytes. A partition is not listed beside its parent.</summary>
    internal const string ReadableRelations = $"""
        SELECT n.nspname::text, c.relname::text, {Estimates}
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE {Readable}
        ORDER BY 1, 2
        """;

    /// <summary>The columns of those relations: schema, relation, name, may be read, then the type.</summary>
    internal const string ReadableColumns = $"""
        {Domains}
        SELECT n.nspname::text, c.relname::text, a.attname::text, pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'), {Type}
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        {Attributes}
        WHERE {Readable}
        ORDER BY 1, 2, a.attnum
        """;

    /// <summary>Primary and foreign keys of those relations: schema, relation, kind (p, f), columns, schema and name of the referenced relation, its columns.</summary>
    internal const string ReadableKeys = $"""
        SELECT n.nspname::text, c.relname::text, k.contype::text,
          ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(attnum, position)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.position),
          fn.nspname::text, f.relname::text,
          ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(attnum, position)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.position)
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
        WHERE k.contype IN ('p','f') AND {Readable}
        ORDER BY 1, 2, 3 DESC, k.conname
        """;

    /// <summary>Facts about the session and its role, one row: see <c>PostgresConnectionTest</c>.</summary>
    internal const string Session = """
        SELECT pg_catalog.current_setting('server_version'), pg_catalog.current_setting('server_version_num')::int4,
          r.rolsuper, r.rolcreaterole OR r.rolcreatedb, r.rolbypassrls,
          pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'),
          pg_catalog.pg_is_in_recovery(),
          (SELECT s.version FROM pg_catalog.pg_stat_ssl s WHERE s.pid = pg_catalog.pg_backend_pid())
        FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
        """;

    /// <summary>Up to three tables that the role may change: schema, name.</summary>
    internal const string Writable = $"""
        SELECT n.nspname::text, c.relname::text
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r','p','f') AND {OfUsers} AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
          AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        ORDER BY 1, 2 LIMIT 3
        """;

    // Ordinary and partitioned tables, views, materialized views, foreign tables.
    private const string Kinds = "('r','p','v','m','f')";

    private const string OfUsers = "n.nspname NOT IN ('pg_catalog','information_schema') AND n.nspname NOT LIKE 'pg\\_%'";

    private const string Readable = $"""
        c.relkind IN {Kinds} AND NOT c.relispartition AND {OfUsers}
          AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
        """;

    // Collation 100 is the database's default, a fixed object. A domain is stored as the type under it, whose length or scale stands with the innermost domain.
    private const string Domains = """
        WITH RECURSIVE domain(id, base, modifier) AS (
          SELECT t.oid, t.typbasetype, t.typtypmod FROM pg_catalog.pg_type t WHERE t.typtype = 'd'
          UNION ALL
          SELECT d.id, t.typbasetype, t.typtypmod FROM domain d JOIN pg_catalog.pg_type t ON t.oid = d.base AND t.typtype = 'd'),
        resolved(id, base, modifier) AS (
          SELECT d.id, d.base, d.modifier FROM domain d JOIN pg_catalog.pg_type t ON t.oid = d.base AND t.typtype <> 'd')
        """;

    private const string Type = """
        tn.nspname::text, t.typname::text, t.typtype::text, pg_catalog.format_type(t.oid, coalesce(r.modifier, a.atttypmod)),
          coalesce(r.modifier, a.atttypmod), CASE WHEN co.oid <> 100 THEN pg_catalog.format('%I.%I', cn.nspname, co.collname) END,
          coalesce(co.collisdeterministic, true), t.typcategory::text
        """;

    private const string Attributes = """
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN resolved r ON r.id = a.atttypid
        JOIN pg_catalog.pg_type t ON t.oid = coalesce(r.base, a.atttypid)
        JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
        LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
        """;

    // Rows are known after the first ANALYZE; a partitioned table has the rows of its leaves. A view has neither rows nor bytes.
    private const string Estimates = """
        CASE WHEN c.relkind = 'p' THEN (SELECT sum(l.reltuples)::float8 FROM pg_catalog.pg_partition_tree(c.oid) p JOIN pg_catalog.pg_class l ON l.oid = p.relid
                                        WHERE p.isleaf HAVING min(l.reltuples) >= 0)
               WHEN c.relkind IN ('r','m','f') AND (c.reltuples > 0 OR (c.reltuples = 0 AND c.relpages > 0)) THEN c.reltuples::float8 END,
          CASE WHEN c.relkind = 'p' THEN (SELECT sum(pg_catalog.pg_table_size(p.relid))::int8 FROM pg_catalog.pg_partition_tree(c.oid) p WHERE p.isleaf)
               WHEN c.relkind IN ('r','m') THEN pg_catalog.pg_table_size(c.oid) END
        """;
}
