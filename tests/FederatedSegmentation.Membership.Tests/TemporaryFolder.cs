namespace FederatedSegmentation.Membership.Tests;

/// <summary>A folder of a test, removed with everything in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("fedseg-membership-").FullName;

    public string this[string name] => Path.Combine(FullName, name);

    /// <summary>The names of all files, hidden ones too.</summary>
    public IEnumerable<string> Names => Directory.EnumerateFileSystemEntries(FullName).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
