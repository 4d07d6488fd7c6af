using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning;

namespace FederatedSegmentation.Running;

/// <summary>Checks that files of keys name the key columns in their first line, before anything runs.</summary>
internal static class KeyFileHeader
{
    /// <summary>Checks every file that the run reads.</summary>
    /// <exception cref="FederatedSegmentationException">SDL005: a header does not name exactly the key columns.</exception>
    public static async Task CheckAsync(ResolvedRun run, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var (file, entity) in SegmentPlanner.KeyFilesOf(run))
        {
            var line = await FirstLineAsync(file.Path, cancellationToken).ConfigureAwait(false);
            var names = line.Split(',').Select(name => name.Trim('"')).ToList();
            if (names.Count != entity.Key.Length || !entity.Key.All(column => names.Contains(column.Name, StringComparer.Ordinal)))
            {
                problems.Add(Of(file, entity));
            }
        }

        if (problems.Count > 0)
        {
            throw new FederatedSegmentationException(problems.ToImmutable());
        }
    }

    private static async Task<string> FirstLineAsync(string path, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(path);
        return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? string.Empty;
    }

    private static Problem Of(FileKeys file, Entity entity) => new()
    {
        Code = "SDL005",
        Stage = Stage.Resolve,
        File = file.DisplayName,
        Line = 1,
        Message = $"The header does not name the key columns of {entity}.",
        Hint = $"Write '{string.Join(',', entity.Key.Select(column => column.Name))}' as the first line.",
    };
}
