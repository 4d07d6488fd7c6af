using System.Buffers;
using System.Collections.Immutable;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Kit.Storing;

/// <summary>Folders of files: a CSV file for each table, in a folder that stands for the schema.</summary>
public sealed class FilesSpelling : SourceSpelling
{
    // What globs and file systems take for something else.
    private const string NotInNames = "*?[]{}/\\:<>|\"";
    private const string Extension = ".csv";

    private static readonly SearchValues<char> Refused = SearchValues.Create(NotInNames);

    /// <inheritdoc />
    public override string Kind => "files";

    /// <inheritdoc />
    public override string Title => "files";

    /// <inheritdoc />
    public override string? WhyNoKeys => "the engine reads files where they are joined, so no keys travel to them";

    /// <inheritdoc />
    public override string TypeOf(DataType type) => "text";

    /// <inheritdoc />
    public override ImmutableArray<string> TableName(ImmutableArray<string> schema, string table) => [string.Join('/', schema.Add(table + Extension))];

    /// <inheritdoc />
    public override string? WhyNoTable(string name) => name.AsSpan().ContainsAny(Refused) ? $"a file's name takes none of {NotInNames}" : null;

    /// <inheritdoc />
    public override string? WhyNoColumn(string name) => null;

    /// <summary>Writes the files.</summary>
    /// <param name="folder">The root of the source.</param>
    /// <param name="tables">The tables.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public static async Task WriteAsync(string folder, IEnumerable<CaseTable> tables, CancellationToken cancellationToken)
    {
        foreach (var table in tables)
        {
            var path = Path.Combine(folder, Path.Combine(table.Name[0].Split('/')));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await CaseFiles.WriteCsvAsync(table.Content, path, cancellationToken).ConfigureAwait(false);
        }
    }
}
