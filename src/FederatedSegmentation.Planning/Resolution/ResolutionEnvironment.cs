using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Everything outside a segment that gives it its meaning.</summary>
/// <param name="Model">The data model.</param>
/// <param name="Library">The segments that may be named.</param>
/// <param name="AsOf">The instant of the run; finer than microseconds is cut off.</param>
/// <param name="KeyFiles">Finds the files of keys that definitions name.</param>
/// <param name="Parameters">
/// The values that the run gives to parameters, as text by name, for every segment of the run that declares the name; null where nothing is to run, so that
/// a parameter without a value is no defect.
/// </param>
public sealed record ResolutionEnvironment(
    DataModel Model, SegmentLibrary Library, DateTimeOffset AsOf, IKeyFiles KeyFiles, ImmutableDictionary<string, string>? Parameters)
{
    /// <summary><see cref="AsOf"/> in microseconds since 1970-01-01T00:00:00Z.</summary>
    public long AsOfMicroseconds
    {
        get
        {
            var (whole, rest) = Math.DivRem(AsOf.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond);
            return rest < 0 ? whole - 1 : whole;
        }
    }
}

/// <summary>Finds the files of keys that definitions name. Resolving is pure; the file system is behind this.</summary>
public interface IKeyFiles
{
    /// <summary>Finds a file.</summary>
    /// <param name="segmentPath">The absolute path of the segment's file.</param>
    /// <param name="name">The path as the definition spells it, relative to the segment's folder.</param>
    KeyFileLocation Locate(string segmentPath, string name);
}

/// <summary>Where a file of keys is, or why it cannot be used.</summary>
/// <param name="Path">The absolute path, checked to lie inside the segments folder, also by its links; null where it cannot be used.</param>
/// <param name="Code">The error code, or null.</param>
/// <param name="Message">What is wrong, or null.</param>
/// <param name="Hint">What to do, or null.</param>
public sealed record KeyFileLocation(string? Path, string? Code = null, string? Message = null, string? Hint = null);

/// <summary>Knows no files: every file of keys is refused with CFG102.</summary>
public sealed class NoKeyFiles : IKeyFiles
{
    /// <summary>The only instance that is needed.</summary>
    public static NoKeyFiles Instance { get; } = new();

    /// <inheritdoc />
    public KeyFileLocation Locate(string segmentPath, string name) =>
        new(null, "CFG102", $"There is no key file '{name}'.", "Put it into the segments folder.");
}
