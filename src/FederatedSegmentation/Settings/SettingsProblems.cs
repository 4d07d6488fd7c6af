using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Settings;

/// <summary>Collects everything that is wrong with the settings, so that it is reported at once.</summary>
internal sealed class SettingsProblems(string file)
{
    private readonly ImmutableArray<Problem>.Builder _problems = ImmutableArray.CreateBuilder<Problem>();

    /// <summary>Paths of options that were asked for and are not set; a test compares them with the sample.</summary>
    internal List<string> Absent { get; } = [];

    /// <summary>Adds a problem.</summary>
    /// <param name="code">One of <see cref="SettingsCodes"/>.</param>
    /// <param name="path">The option's path, or null for the file as a whole.</param>
    /// <param name="place">A node near the defect, for its file and line.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="hint">What to do.</param>
    internal void Add(string code, string? path, SettingNode? place, string message, string hint) => _problems.Add(Make(code, path, place?.Origin, place?.Line, message, hint));

    /// <summary>Adds a problem at a line of the file.</summary>
    internal void AddAt(string code, int? line, string? path, string message, string hint) => _problems.Add(Make(code, path, file, line, message, hint));

    /// <summary>Ends reading when there is any problem.</summary>
    /// <exception cref="FederatedSegmentationException">All problems.</exception>
    internal void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new FederatedSegmentationException(_problems.ToImmutable());
        }
    }

    /// <summary>Ends reading with one problem of the file as a whole.</summary>
    internal FederatedSegmentationException Fatal(string code, string message, string hint, Exception? inner = null) => new(Make(code, null, file, null, message, hint), inner);

    private Problem Make(string code, string? path, string? origin, int? line, string message, string hint) => new()
    {
        Code = code,
        Stage = Stage.Settings,
        File = origin ?? file,
        Line = line,
        Pointer = path,
        Message = message,
        Hint = hint,
    };
}
