using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Settles the names, paths, types and times of segments. Pure: what a file says about the outside world comes through <see cref="ResolutionEnvironment"/>.</summary>
public static class SegmentResolver
{
    /// <summary>Resolves one segment and every segment that it needs.</summary>
    /// <param name="id">The segment's id in the library.</param>
    /// <param name="environment">The surroundings.</param>
    /// <exception cref="FederatedSegmentationException">Every defect of the segment and of those that it needs (SDL001 to SDL017, CFG101, CFG102). Other segments need not be right.</exception>
    public static ResolvedRun Resolve(string id, ResolutionEnvironment environment)
    {
        var files = environment.Library.Find(id);
        if (files is [var file])
        {
            return Resolve(file, environment);
        }

        throw new FederatedSegmentationException(files.IsEmpty ? Unknown(id, environment.Library) : [Several(id, files)]);
    }

    /// <summary>Resolves the segment of a file and every segment that it needs. The file takes the place of one with the same id or path in the library.</summary>
    /// <exception cref="FederatedSegmentationException">As in <see cref="Resolve(string, ResolutionEnvironment)"/>.</exception>
    public static ResolvedRun Resolve(SegmentFile file, ResolutionEnvironment environment)
    {
        var surroundings = environment with { Library = environment.Library.With(file) };
        var main = SegmentReader.Read(file, surroundings);
        var read = new Dictionary<string, ReadSegment>(StringComparer.Ordinal);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        problems.AddRange(main.Problems);
        if (file.Id is { } id)
        {
            read[id] = main;
        }

        var pending = new Queue<ReadSegment>([main]);
        while (pending.TryDequeue(out var segment))
        {
            foreach (var (needed, _) in segment.Needs)
            {
                if (!read.ContainsKey(needed) && surroundings.Library.Find(needed) is [var neededFile])
                {
                    var other = SegmentReader.Read(neededFile, surroundings);
                    read[needed] = other;
                    problems.AddRange(other.Problems);
                    pending.Enqueue(other);
                }
            }
        }

        var order = SegmentOrder.Of([main], read);
        problems.AddRange(order.Cycles);
        problems.AddRange(UnknownParameters(file, environment, order.Segments));
        if (problems.Count > 0)
        {
            throw new FederatedSegmentationException(problems.ToImmutable());
        }

        return new ResolvedRun(main.Segment!, [.. order.Segments.Where(segment => !ReferenceEquals(segment, main)).Select(segment => segment.Segment!)]);
    }

    /// <summary>The values that the run gives to parameters that none of its segments has.</summary>
    private static ImmutableArray<Problem> UnknownParameters(SegmentFile main, ResolutionEnvironment environment, ImmutableArray<ReadSegment> segments)
    {
        var problems = new DefinitionProblems(main.File);
        var declared = segments.SelectMany(segment => segment.Parameters.Names).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray();

        // What a file that cannot be read declares is not known.
        if (environment.Parameters is { } given && segments.All(segment => segment.File.Root is not null))
        {
            foreach (var name in given.Keys.Order(StringComparer.Ordinal).Except(declared, StringComparer.Ordinal))
            {
                var fallback = declared.IsEmpty ? "Give it no parameters." : $"Parameters: {string.Join(", ", declared)}.";
                problems.Add("SDL012", null, null, $"No segment of this run has a parameter '{name}'.", problems.Suggest(name, declared, fallback));
            }
        }

        return problems.Problems;
    }

    /// <summary>Resolves every segment of the library, the right ones as well as the wrong ones.</summary>
    /// <returns>The segments that are right in themselves, each after those that it needs, and every defect of every file.</returns>
    public static LibraryResolution ResolveAll(ResolutionEnvironment environment)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var all = new List<ReadSegment>();
        var read = new Dictionary<string, ReadSegment>(StringComparer.Ordinal);
        foreach (var file in environment.Library.Files)
        {
            var segment = SegmentReader.Read(file, environment);
            all.Add(segment);
            problems.AddRange(segment.Problems);
            if (file.Id is { } id && !read.TryAdd(id, segment))
            {
                var first = read[id].File.File;
                var duplicate = new DefinitionProblems(file.File);
                duplicate.Add("SDL014", file.Root!.Place.Child("segment", file.Root.Place.Line), $"The segment '{id}' is also defined in {first}.", "Give each segment an id of its own.");
                problems.AddRange(duplicate.Problems);
            }
        }

        var order = SegmentOrder.Of(all, read);
        problems.AddRange(order.Cycles);
        return new LibraryResolution([.. order.Segments.Select(segment => segment.Segment).OfType<ResolvedSegment>()], problems.ToImmutable());
    }

    // A segment that is not there may stand in a file that cannot be read, whose problems say why.
    private static ImmutableArray<Problem> Unknown(string id, SegmentLibrary library)
    {
        ImmutableArray<Problem> broken = [.. library.Files.Where(file => file.Root is null).SelectMany(file => file.Problems)];
        var hint = new DefinitionProblems(string.Empty).Suggest(id, library.Ids, "Add its file to the segments folder.");
        return
        [
            new Problem
            {
                Code = "SDL002",
                Message = $"There is no segment '{id}'.",
                Hint = broken.IsEmpty ? hint : $"{hint} It may stand in a file that cannot be read: see below.",
                Stage = Stage.Definition,
            },
            .. broken,
        ];
    }

    private static Problem Several(string id, ImmutableArray<SegmentFile> files) => new()
    {
        Code = "SDL014",
        Message = $"Several files define the segment '{id}': {string.Join(", ", files.Select(file => file.File))}.",
        Hint = "Give each segment an id of its own.",
        Stage = Stage.Definition,
    };
}

/// <summary>What became of all segments of a library.</summary>
/// <param name="Segments">Those that are right in themselves, each after those that it needs.</param>
/// <param name="Problems">Every defect of every file.</param>
public sealed record LibraryResolution(ImmutableArray<ResolvedSegment> Segments, ImmutableArray<Problem> Problems);
