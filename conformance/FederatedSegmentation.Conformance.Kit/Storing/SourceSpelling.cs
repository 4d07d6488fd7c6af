using System.Collections.Immutable;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Conformance.Kit.Storing;

/// <summary>How a kind of source stores the tables of the cases. Written apart from the connectors' dialects, so that no mistake of a dialect is made twice and hides itself. Immutable.</summary>
public abstract class SourceSpelling
{
    /// <summary>All kinds, in the order of the matrix.</summary>
    public static ImmutableArray<SourceSpelling> All { get; } =
    [
        new FilesSpelling(), new PostgresSpelling(), new SnowflakeSpelling(), new DatabricksSpelling(), new BigQuerySpelling(), new FabricSpelling(),
    ];

    /// <summary>The kind as settings spell it.</summary>
    public abstract string Kind { get; }

    /// <summary>The kind as people write it.</summary>
    public abstract string Title { get; }

    /// <summary>The spelling of a kind; null for a kind that the kit does not know.</summary>
    public static SourceSpelling? Of(string kind) => All.FirstOrDefault(spelling => string.Equals(spelling.Kind, kind, StringComparison.Ordinal));

    /// <summary>Why no column can have a declared type, as a sentence without a final dot; null where one can.</summary>
    public virtual string? WhyNoType(DataType type) => null;

    /// <summary>Why no keys travel to such a source, as a sentence without a final dot; null where they do.</summary>
    public virtual string? WhyNoKeys => null;

    /// <summary>Why a source of this kind never has a rung of keys, as a sentence without a final dot; null where that hangs on its settings.</summary>
    public virtual string? WhyNoRung(KeyPassage passage) => null;

    /// <summary>The type that a column of a declared type has.</summary>
    public abstract string TypeOf(DataType type);

    /// <summary>The name parts of a table in a model.</summary>
    public virtual ImmutableArray<string> TableName(ImmutableArray<string> schema, string table) => schema.Add(table);

    /// <summary>Why no table can have this name, as a sentence without a final dot; null where one can.</summary>
    public virtual string? WhyNoTable(string name) => WhyNoColumn(name);

    /// <summary>Why no column can have this name, as a sentence without a final dot; null where one can.</summary>
    public abstract string? WhyNoColumn(string name);

    /// <summary>Why a value cannot be stored, as a sentence without a final dot; null where it can.</summary>
    public virtual string? WhyNoValue(Value value) => null;
}
