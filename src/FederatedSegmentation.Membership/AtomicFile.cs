using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace FederatedSegmentation.Membership;

/// <summary>
/// A file that appears whole or not at all: it is written under a temporary name in the folder of its target, flushed to the disk, and renamed.
/// Disposing of it without a commit removes what was written. Not safe for concurrent use.
/// </summary>
/// <remarks>A target that is a symbolic link stays one: the file behind it is replaced. The permissions of a file that is replaced are kept.</remarks>
public sealed class AtomicFile : IDisposable
{
    private static readonly ConcurrentDictionary<string, byte> Uncommitted = new(StringComparer.Ordinal);

    private readonly string _displayName;
    private bool _isDone;

    private AtomicFile(string targetPath, string temporaryPath, string displayName)
    {
        TargetPath = targetPath;
        TemporaryPath = temporaryPath;
        _displayName = displayName;
    }

    /// <summary>The absolute path of the file that appears, behind any link.</summary>
    public string TargetPath { get; }

    /// <summary>The absolute path under which it is written until then. It exists, and is empty at first.</summary>
    public string TemporaryPath { get; }

    /// <summary>Checks that the target can be written and makes the temporary file.</summary>
    /// <param name="path">The absolute path of the target.</param>
    /// <param name="displayName">The path as the user typed it, for messages.</param>
    /// <exception cref="Model.Errors.FederatedSegmentationException">OUT001 no folder, OUT002 not a file, OUT003 no permission, OUT004 disk full, OUT006.</exception>
    public static AtomicFile Create(string path, string displayName)
    {
        try
        {
            var target = Resolve(path);
            CheckPlace(target, path, displayName);
            var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".fedseg-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.tmp");
            Uncommitted.TryAdd(temporary, 0);
            try
            {
                new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0).Dispose();
            }
            catch
            {
                Uncommitted.TryRemove(temporary, out _);
                throw;
            }

            return new AtomicFile(target, temporary, displayName);
        }
        catch (Exception problem) when (OutputFailure.IsOne(problem))
        {
            throw OutputFailure.Typed(problem, displayName);
        }
    }

    /// <summary>
    /// Removes every temporary file of this process, for a host that must end at once and cannot wait for the runs. Never throws.
    /// </summary>
    public static void RemoveAllUncommitted()
    {
        foreach (var path in Uncommitted.Keys)
        {
            TryDelete(path);
        }
    }

    /// <summary>Opens the temporary file for writing, unbuffered. The caller disposes of it before the commit.</summary>
    public FileStream Open() => new(TemporaryPath, FileMode.Truncate, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Flushes what was written to the disk and gives it its name.</summary>
    /// <exception cref="Model.Errors.FederatedSegmentationException">OUT…: it could not be written whole; the target is as it was.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_isDone, this);
        try
        {
            using (var written = new FileStream(TemporaryPath, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                written.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows() && File.Exists(TargetPath))
            {
                File.SetUnixFileMode(TemporaryPath, File.GetUnixFileMode(TargetPath));
            }

            File.Move(TemporaryPath, TargetPath, overwrite: true);
        }
        catch (Exception problem) when (OutputFailure.IsOne(problem))
        {
            throw OutputFailure.Typed(problem, _displayName);
        }

        _isDone = true;
        Uncommitted.TryRemove(TemporaryPath, out _);
    }

    /// <summary>Removes the temporary file, unless it was committed. May be called more than once.</summary>
    public void Dispose()
    {
        if (_isDone)
        {
            return;
        }

        _isDone = true;
        TryDelete(TemporaryPath);
        Uncommitted.TryRemove(TemporaryPath, out _);
    }

    private static string Resolve(string path)
    {
        var file = new FileInfo(path);
        // A link to nothing yet resolves too: the file is made where it points.
        return file.LinkTarget is null ? path : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static void CheckPlace(string target, string path, string displayName)
    {
        if (Directory.Exists(target) || Path.EndsInDirectorySeparator(path))
        {
            throw OutputFailure.Of(OutputCodes.NotAFile, displayName, "That is a folder.", "Name a file in it.");
        }

        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            throw File.Exists(folder)
                ? OutputFailure.Of(OutputCodes.NoFolder, displayName, "What stands in the folder's place is a file.", "Choose another place.")
                : OutputFailure.Of(OutputCodes.NoFolder, displayName, "The folder is not there.", "Create it, or choose another place.");
        }

        if (!File.Exists(target))
        {
            return;
        }

        // A rename would replace a device or a pipe. Opening a pipe for both ways does not wait for its other end, and only a pipe cannot seek.
        var isDevice = !OperatingSystem.IsWindows() && (target.StartsWith("/dev/", StringComparison.Ordinal) || target.StartsWith("/proc/", StringComparison.Ordinal));
        if (isDevice || !CanSeek(target))
        {
            throw OutputFailure.Of(OutputCodes.NotAFile, displayName, "That is not a regular file.", "Choose another place, or write to standard output with '-'.");
        }
    }

    // Also a check of permission: the rename needs none on the file itself, but somebody who made it read-only expects that it stays.
    private static bool CanSeek(string path)
    {
        using var existing = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        return existing.CanSeek;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (OutputFailure.IsOne(problem))
        {
            // Whoever disposes is already leaving with an error of more weight; the name says what the file is.
        }
    }
}
