using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Planning.Resolution;

namespace FederatedSegmentation.Reading;

/// <summary>Reads the file of a data model.</summary>
public static class ModelFile
{
    /// <summary>Reads a model. Takes time linear in the length of the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">The file as the user named it, for messages; <c>.json</c> is read as JSON, anything else as YAML.</param>
    /// <param name="sources">The names of the data sources in the settings.</param>
    /// <param name="cache">What was read before.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="Model.Errors.FederatedSegmentationException">CFG102 for a file that cannot be read, SDL… with every defect of the model.</exception>
    public static Task<DataModel> ReadAsync(string path, string file, IReadOnlyCollection<string> sources, DefinitionCache cache, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var text = DefinitionFile.Read(path, file, "model", most: null, cancellationToken);
            return cache.Model(text, () => ModelReader.Read(DocumentReader.Read(text, file, ReadingLimits.Model), file, sources));
        },
        cancellationToken);
}
