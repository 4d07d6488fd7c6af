using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Tree;
using FederatedSegmentation.Sql.Writing;

namespace FederatedSegmentation.Sql.Dialects.DuckDb;

/// <summary>How the engine reads a CSV file of keys: everything as text, then cast strictly. An empty unquoted field is NULL, a quoted one is <c>''</c>.</summary>
internal static class KeyFile
{
    /// <summary>One SELECT with an output per column, found by its logical name in the header.</summary>
    internal static SqlSelect Read(DuckDbDialect dialect, KeyFilePlan file, Func<PlanColumn, string> nameOf, string alias)
    {
        var path = LiteralText.Quote(EscapeGlob(file.Path));
        var relation = $"read_csv({path}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', "
            + "encoding = 'utf-8', hive_partitioning = false, allow_quoted_nulls = false, null_padding = false, ignore_errors = false)";
        var outputs = file.Columns.Select(column =>
        {
            var text = SqlWriter.Write(new SqlColumn(alias, column.Name), dialect);
            var value = EngineConversion.Strict(text, new StoredText(), column.Type, file.DisplayName, column.Name);
            return new SqlOutput(new SqlTemplate([value], []), nameOf(column));
        });
        return new SqlSelect([.. outputs], new SqlTable(relation, alias));
    }

    /// <summary>The path as a pattern that matches only itself.</summary>
    private static string EscapeGlob(string path) => string.Concat(path.Select(character => character is '*' or '?' or '[' ? $"[{character}]" : character.ToString()));
}
