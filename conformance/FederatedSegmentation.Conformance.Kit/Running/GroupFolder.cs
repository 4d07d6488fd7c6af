using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>The definitions of a group as files under a temporary folder, and gateways over them. Dispose of it after its gateways. Not safe for concurrent use.</summary>
internal sealed class GroupFolder : IDisposable
{
    private readonly SourceUnderTest _source;
    private readonly bool _hasFiles;
    private readonly string _folder;
    private readonly Dictionary<string, StoredTable> _described = new(StringComparer.Ordinal);

    private GroupFolder(SourceUnderTest source, string folder, bool hasFiles) => (_source, _folder, _hasFiles) = (source, folder, hasFiles);

    private string Elsewhere => _source.Connector.Source + "_elsewhere";

    private string FilesFolder => Path.Combine(_folder, "files");

    /// <summary>Writes the definitions.</summary>
    public static async Task<GroupFolder> CreateAsync(ConformanceGroup group, ImmutableArray<CaseTable> tables, SourceUnderTest source, CancellationToken cancellationToken)
    {
        var folder = new GroupFolder(source, Directory.CreateTempSubdirectory("fedseg-conformance-").FullName, !group.Elsewhere.IsEmpty);
        var names = tables.ToDictionary(table => table.Entity, table => table.Name, StringComparer.Ordinal);
        var placed = group.Asking(group.Cases[0]) with { Segments = [.. group.Segments, .. group.Cases.Select(one => one.Segment)] };
        await CaseFiles.WriteDefinitionsAsync(placed, folder._folder, entity => names.TryGetValue(entity, out var name) ? new Placement(source.Connector.Source, name) : new Placement(folder.Elsewhere, [entity + ".csv"]), cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(folder.FilesFolder);
        foreach (var table in group.Tables.Where(table => group.Elsewhere.Contains(table.EntityName)))
        {
            await CaseFiles.WriteCsvAsync(table, Path.Combine(folder.FilesFolder, table.EntityName + ".csv"), cancellationToken).ConfigureAwait(false);
        }

        return folder;
    }

    /// <summary>A gateway over the source as it says that it is; the caller disposes of it.</summary>
    /// <param name="capabilities">What the source says of itself.</param>
    /// <param name="reductions">When keys travel: tables of a few rows are never worth it by themselves.</param>
    public ISegmentGateway Open(Capabilities capabilities, ReductionPolicy reductions)
    {
        ImmutableArray<IDataSourceConnector> sources = [BorrowedSource.Of(_source.Connector, capabilities, _described)];
        if (_hasFiles)
        {
            sources = sources.Add(_source.OpenFiles(Elsewhere, FilesFolder));
        }

        var options = new GatewayOptions
        {
            File = Path.Combine(_folder, SettingsReader.DefaultFile),
            Model = Path.Combine(_folder, "model.json"),
            Segments = Path.Combine(_folder, "segments"),
            Sources = [.. sources.Select(source => new OneSource(source.Source, source.Kind))],
            Engine = new EngineOptions(EngineKind.DuckDb, new EmbeddedEngineOptions(1L << 30, 1, null, 1L << 30)),
            InFlightBytes = 1L << 26,
            Deadline = _source.Deadline,
        };
        return new SegmentGateway(options, sources, [], _source.CreateEngine(), reductions, TimeProvider.System);
    }

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The gateway wants the name alone: the connector is there already.
    private sealed record OneSource(string Name, string Kind) : SourceOptions(Name, Kind);
}
