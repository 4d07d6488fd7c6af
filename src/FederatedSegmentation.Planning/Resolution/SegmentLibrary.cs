using System.Collections.Frozen;
using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>One file that holds, or should hold, a segment.</summary>
/// <param name="File">The file as the user named it, for messages.</param>
/// <param name="Path">The absolute path; key files are named relative to its folder.</param>
/// <param name="Root">The document, or null where the text could not be read.</param>
/// <param name="Problems">Why not; empty otherwise.</param>
public sealed record SegmentFile(string File, string Path, DocumentNode? Root, ImmutableArray<Problem> Problems)
{
    /// <summary>The segment's id as the file spells it, right or wrong; null where there is none.</summary>
    public string? Id { get; } = (Root as MappingNode)?.Find("segment") is ScalarNode { Kind: not ScalarKind.Null } id ? id.Text : null;

    /// <summary>The name of the entity whose keys are the members, as the file spells it, right or wrong; null where there is none.</summary>
    internal string? Of { get; } = (Root as MappingNode)?.Find("of") is ScalarNode { Kind: not ScalarKind.Null } of ? of.Text : null;
}

/// <summary>All segments that one definition may name, by id. Immutable, safe for concurrent use.</summary>
public sealed class SegmentLibrary
{
    private readonly FrozenDictionary<string, ImmutableArray<SegmentFile>> _byId;

    /// <summary>Indexes files; nothing in them needs to be right.</summary>
    /// <param name="files">The files, in an order that does not change from run to run.</param>
    public SegmentLibrary(ImmutableArray<SegmentFile> files)
    {
        Files = files;
        _byId = files
            .Where(file => file.Id is not null)
            .GroupBy(file => file.Id!, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);
    }

    /// <summary>A library without segments.</summary>
    public static SegmentLibrary Empty { get; } = new([]);

    /// <summary>The files.</summary>
    public ImmutableArray<SegmentFile> Files { get; }

    /// <summary>The ids of all segments.</summary>
    public ImmutableArray<string> Ids => _byId.Keys;

    /// <summary>The files with this id: one where all is well, several where it is taken twice.</summary>
    public ImmutableArray<SegmentFile> Find(string id) => _byId.GetValueOrDefault(id, []);

    /// <summary>The library with a file that takes the place of any with the same id or path: the one that the user names on the command line.</summary>
    public SegmentLibrary With(SegmentFile file) => new(
        [.. Files.Where(other => !string.Equals(other.Path, file.Path, StringComparison.Ordinal) && (file.Id is null || other.Id != file.Id)), file]);
}
