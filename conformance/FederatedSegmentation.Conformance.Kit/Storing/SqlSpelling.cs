using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Kit.Storing;

/// <summary>A kind of source whose tables are made by a script of SQL.</summary>
public abstract class SqlSpelling : SourceSpelling
{
    private const int RowsOfOneInsert = 200;

    /// <summary>The name, quoted.</summary>
    protected abstract string Quote(string name);

    /// <summary>Text of any characters, given as the hexadecimal digits of its UTF-8. Used for all that is not plain, so that no rule of quoting matters.</summary>
    protected abstract string TextOfHex(string hex);

    /// <summary>Bytes, given as hexadecimal digits.</summary>
    protected abstract string BytesOfHex(string hex);

    /// <summary>The type in a cast, for a column of a type.</summary>
    protected virtual string CastType(string nativeType) => nativeType;

    /// <summary>What stands behind the columns of a table.</summary>
    protected virtual string TableOptions(CaseTable table) => "";

    /// <summary>Makes the schema if it is not there; empty where its owner has to.</summary>
    protected virtual string CreateSchema(ImmutableArray<string> schema) => $"CREATE SCHEMA IF NOT EXISTS {Name(schema)};\n";

    /// <summary>The greatest name in characters (bytes, where the source counts those).</summary>
    protected abstract int LongestName { get; }

    /// <inheritdoc />
    public override string? WhyNoColumn(string name) => Encoding.UTF8.GetByteCount(name) > LongestName
        ? string.Create(CultureInfo.InvariantCulture, $"{Title} takes no name of more than {LongestName} characters")
        : null;

    /// <summary>The script that makes tables and fills them. It may be run again: tables that are there are made anew.</summary>
    /// <param name="schema">The name parts of their schema.</param>
    /// <param name="tables">The tables.</param>
    public string Script(ImmutableArray<string> schema, IEnumerable<CaseTable> tables)
    {
        var script = new StringBuilder();
        script.Append(CreateSchema(schema));
        foreach (var table in tables)
        {
            script.Append(CultureInfo.InvariantCulture, $"\nDROP TABLE IF EXISTS {Name(table.Name)};\n");
            script.Append(CultureInfo.InvariantCulture, $"CREATE TABLE {Name(table.Name)} (\n    ");
            script.AppendJoin(",\n    ", table.Columns.Select(column => $"{Quote(column.Name)} {column.NativeType}"));
            script.Append(CultureInfo.InvariantCulture, $"\n){TableOptions(table)};\n");
            foreach (var rows in table.Content.Rows.Chunk(RowsOfOneInsert))
            {
                // SELECT, because not every source takes calls in VALUES.
                script.Append(CultureInfo.InvariantCulture, $"INSERT INTO {Name(table.Name)}\n");
                script.AppendJoin(" UNION ALL\n", rows.Select(row => $"SELECT {string.Join(", ", row.Select((value, i) => Literal(value, table.Columns[i])))}"));
                script.Append(";\n");
            }
        }

        return script.ToString();
    }

    private string Name(ImmutableArray<string> parts) => string.Join('.', parts.Select(Quote));

    private string Literal(Value value, CaseColumn column) => value switch
    {
        Value.NullValue => $"CAST(NULL AS {CastType(column.NativeType)})",
        Value.Binary bytes => BytesOfHex(bytes.Hex),
        _ => $"CAST({TextLiteral(column.TextOf(value), column.Type)} AS {CastType(column.NativeType)})",
    };

    private string TextLiteral(string text, DataType type)
        => type.Kind != TypeKind.String || text.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '.' or ',' or '-')
            ? $"'{text}'"
            : TextOfHex(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)));
}
