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
            var path = System.IO.Path.Combine(parent, Prefix + runId);
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            return new RunFolder(path, new FileStream(System.IO.Path.Combine(path, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));
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

    private static void RemoveAbandoned(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            if (IsAbandoned(folder))
            {
                TryRemove(folder);
            }
        }
    }

    private static bool IsAbandoned(string folder)
    {
        try
        {
            using var held = new FileStream(System.IO.Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Locked by a living run, not ours to read, or not yet locked by a run that is just starting.
            return false;
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
