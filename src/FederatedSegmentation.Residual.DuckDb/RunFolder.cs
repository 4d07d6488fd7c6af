using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>
/// The folder of one run for spilled data, readable by its owner only, removed with the run. Folders of processes that died are removed when the next
/// run starts: a folder belongs to a living run as long as its lock file is locked.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string Prefix = "fedseg-run-";
    private const string LockName = "lock";
    private const int Attempts = 5;

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>Makes the folder of a run, after removing what dead processes left.</summary>
    /// <exception cref="FederatedSegmentationException">CFG: the folder cannot be made.</exception>
    public static RunFolder Create(string parent, string runId)
    {
        try
        {
            RemoveAbandoned(parent);
            for (var attempt = 1; ; attempt++)
            {
                var path = System.IO.Path.Combine(parent, attempt == 1 ? Prefix + runId : FormattableString.Invariant($"{Prefix}{runId}-{attempt}"));
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(path);
                }
                else
                {
                    Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }

                if (TryHold(path, mayFail: attempt < Attempts) is { } held)
                {
                    return new RunFolder(path, held);
                }
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FederatedSegmentationException(
                new Problem
                {
                    Code = "CFG020",
                    Stage = Stage.Residual,
                    File = parent,
                    Pointer = "Engine:DuckDb:TempDirectory",
                    Message = "The folder for spilled data cannot be used.",
                    Hint = "Name an existing folder that the gateway may write to.",
                },
                problem);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _lock.Dispose();
        TryRemove(Path);
    }

    // A file is made first and locked then: a run that starts at the same moment may have locked it in between, and taken the folder for abandoned.
    private static FileStream? TryHold(string folder, bool mayFail)
    {
        var path = System.IO.Path.Combine(folder, LockName);
        try
        {
            var held = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            if (File.Exists(path) || !mayFail)
            {
                return held;
            }

            held.Dispose();
            return null;
        }
        catch (IOException) when (mayFail)
        {
            return null;
        }
    }

    private static void RemoveAbandoned(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            try
            {
                using var held = new FileStream(System.IO.Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                if (OperatingSystem.IsWindows())
                {
                    // Files that are open cannot be removed there, and a file is locked from the moment in which it is made.
                    held.Dispose();
                }

                // Elsewhere it stays locked until it is gone, so that whoever locks it afterwards sees that it is.
                TryRemove(folder);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // Locked by a living run, not ours to read, or not yet locked by a run that is just starting.
            }
        }
    }

    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Another process removes it at the same moment, or the next start does.
        }
    }
}
