using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Kit.Storing;

/// <summary>A table of a group as one kind of source stores it. Immutable.</summary>
/// <param name="Entity">The entity of the model.</param>
/// <param name="Name">The name parts as a model spells them: the schema's, then the table's.</param>
/// <param name="Columns">The columns in order.</param>
/// <param name="Content">The rows.</param>
public sealed record CaseTable(string Entity, ImmutableArray<string> Name, ImmutableArray<CaseColumn> Columns, GeneratedTable Content)
{
    /// <summary>The rows as text that the columns' types take, null for NULL.</summary>
    public IEnumerable<IReadOnlyList<string?>> Rows => Content.Rows.Select(IReadOnlyList<string?> (row) => [.. row.Select((value, i) => value.IsNull ? null : Columns[i].TextOf(value))]);
}

/// <summary>A column of a table of cases.</summary>
/// <param name="Name">The name in the source.</param>
/// <param name="Type">The declared type.</param>
/// <param name="NativeType">The type as the source spells it.</param>
public sealed record CaseColumn(string Name, DataType Type, string NativeType)
{
    private static readonly string[] Naive = ["timestamp without time zone", "TIMESTAMP_NTZ", "DATETIME", "DATETIME2(6)"];

    /// <summary>A value that is not NULL in canonical text; an instant in a column without a zone is the wall clock of UTC.</summary>
    public string TextOf(Value value)
    {
        var text = CanonicalText.Of(value);
        return value is Value.Timestamp && Naive.Contains(NativeType, StringComparer.OrdinalIgnoreCase) ? text.TrimEnd('Z') : text;
    }
}

/// <summary>The tables of a group in a source, or why the source has none.</summary>
/// <param name="Tables">A table for every entity; empty where there is a reason.</param>
/// <param name="WhyNone">Why the group does not apply to this kind of source, as a sentence; else null.</param>
public sealed record CaseTables(ImmutableArray<CaseTable> Tables, string? WhyNone)
{
    private const int DigitsOfFingerprint = 8;

    /// <summary>Lays the tables of a group out for a kind of source.</summary>
    /// <param name="group">The group.</param>
    /// <param name="spelling">The kind.</param>
    /// <param name="schema">The name parts of the schema that holds the tables.</param>
    public static CaseTables Of(ConformanceGroup group, SourceSpelling spelling, ImmutableArray<string> schema)
    {
        if (!group.Elsewhere.IsEmpty && spelling.WhyNoKeys is { } none)
        {
            return new CaseTables([], none);
        }

        var tables = ImmutableArray.CreateBuilder<CaseTable>();
        foreach (var declared in group.Tables.Where(table => !group.Elsewhere.Contains(table.EntityName)))
        {
            var content = Drifted(declared, group);
            var columns = ImmutableArray.CreateBuilder<CaseColumn>();
            foreach (var column in content.Columns)
            {
                var type = DataType.Parse(column.Type);
                if (spelling.WhyNoType(type) is { } typeReason)
                {
                    return new CaseTables([], typeReason);
                }

                if (!TryTypeOf(group, content.EntityName, column.LogicalName, type, spelling, out var native))
                {
                    return new CaseTables([], $"{spelling.Title} has no such type for {content.EntityName}.{column.LogicalName}");
                }

                columns.Add(new CaseColumn(column.StoredName, type, native));
            }

            var named = group.TableNames.GetValueOrDefault(content.EntityName);
            if (WhyNot(content, named, spelling) is { } reason)
            {
                return new CaseTables([], reason);
            }

            // A table of other rows has another name, so one of an older kit is never taken for it.
            var name = $"{named ?? $"{group.Name}_{content.EntityName}"}_{Fingerprint(columns, content)}";
            tables.Add(new CaseTable(content.EntityName, spelling.TableName(schema, name), columns.ToImmutable(), content));
        }

        return new CaseTables(tables.ToImmutable(), null);
    }

    // What the tables really are, where that is not what the model declares.
    private static GeneratedTable Drifted(GeneratedTable table, ConformanceGroup group)
    {
        if (group.Missing.IsEmpty && group.BecameText.IsEmpty)
        {
            return table;
        }

        string NameOf(int column) => $"{table.EntityName}.{table.Columns[column].LogicalName}";
        ImmutableArray<int> kept = [.. Enumerable.Range(0, table.Columns.Length).Where(i => !group.Missing.Contains(NameOf(i)))];
        return table with
        {
            Columns = [.. kept.Select(i => group.BecameText.ContainsKey(NameOf(i)) ? table.Columns[i] with { Type = "string" } : table.Columns[i])],
            Rows = [.. table.Rows.Select(row => kept.Select(i => group.BecameText.TryGetValue(NameOf(i), out var text) ? new Value.Text(text) : row[i]).ToImmutableArray())],
        };
    }

    private static bool TryTypeOf(ConformanceGroup group, string entity, string column, DataType type, SourceSpelling spelling, out string native)
    {
        native = "";
        if (!group.Stored.TryGetValue($"{entity}.{column}", out var kinds))
        {
            native = spelling.TypeOf(type);
            return true;
        }

        return kinds.TryGetValue(spelling.Kind, out native!);
    }

    private static string? WhyNot(GeneratedTable table, string? named, SourceSpelling spelling)
    {
        if (named is not null && spelling.WhyNoTable(named) is { } tableReason)
        {
            return tableReason;
        }

        if (table.Columns.Select(column => spelling.WhyNoColumn(column.StoredName)).FirstOrDefault(reason => reason is not null) is { } columnReason)
        {
            return columnReason;
        }

        return table.Rows.SelectMany(row => row).Select(spelling.WhyNoValue).FirstOrDefault(reason => reason is not null);
    }

    private static string Fingerprint(IEnumerable<CaseColumn> columns, GeneratedTable content)
    {
        var text = new StringBuilder();
        foreach (var column in columns)
        {
            text.Append(column.Name).Append('\u0001').Append(column.NativeType).Append('\u0002');
        }

        foreach (var row in content.Rows)
        {
            text.AppendJoin('\u0001', row.Select(value => value.IsNull ? "\u0003" : CanonicalText.Of(value))).Append('\u0002');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..DigitsOfFingerprint];
    }
}
