using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>
/// Loads a driver's assemblies and native libraries from its own folder, so that its versions and those of the gateway do not meet. What belongs to the
/// runtime is the gateway's, because the types of <c>System.Data.Common</c> have to be the same ones. Safe for concurrent use.
/// </summary>
internal sealed class DriverLoadContext : AssemblyLoadContext
{
    // A folder is loaded once: pools and native libraries of a driver belong to all sources that name it.
    private static readonly ConcurrentDictionary<string, Lazy<DriverLoadContext>> Loaded = new(StringComparer.Ordinal);

    private static readonly Lazy<Dictionary<string, string>> Platform = new(() => ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase));

    private readonly string _folder;
    private readonly AssemblyDependencyResolver? _dependencies;

    private DriverLoadContext(string folder)
        : base($"driver in {folder}")
    {
        _folder = folder;
        // What `dotnet publish` leaves: a list of what lies where.
        var listed = Directory.GetFiles(folder, "*.deps.json").Select(list => list[..^".deps.json".Length] + ".dll").Where(File.Exists).Order(StringComparer.Ordinal).FirstOrDefault();
        _dependencies = listed is null ? null : new AssemblyDependencyResolver(listed);
    }

    /// <summary>The context of a folder that exists.</summary>
    internal static DriverLoadContext Of(string folder) => Loaded.GetOrAdd(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), static path => new Lazy<DriverLoadContext>(() => new DriverLoadContext(path))).Value;

    /// <summary>The file of an assembly in the folder, or null.</summary>
    internal string? Find(AssemblyName name)
    {
        if (_dependencies?.ResolveAssemblyToPath(name) is { } listed)
        {
            return listed;
        }

        var file = name.Name + ".dll";
        // Packages keep assemblies for one platform below runtimes; what lies at the top may only throw.
        return PlatformFolders().SelectMany(folder => Newest(Path.Combine(folder, "lib"))).Append(_folder).Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    /// <inheritdoc />
    protected override Assembly? Load(AssemblyName assemblyName) => IsPlatform(assemblyName) || Find(assemblyName) is not { } path ? null : LoadFromAssemblyPath(path);

    /// <inheritdoc />
    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName)
    {
        var listed = _dependencies?.ResolveUnmanagedDllToPath(unmanagedDllName);
        var path = listed ?? PlatformFolders().Select(folder => Path.Combine(folder, "native")).Append(_folder)
            .SelectMany(folder => FileNames(unmanagedDllName).Select(file => Path.Combine(folder, file)))
            .FirstOrDefault(File.Exists);
        // Otherwise the machine's own.
        return path is null ? IntPtr.Zero : LoadUnmanagedDllFromPath(path);
    }

    // Of the runtime, where its version is recent enough.
    private static bool IsPlatform(AssemblyName wanted) => wanted.Name is { } name
        && (name is "netstandard" or "mscorlib" or "System" || name.StartsWith("System.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Microsoft.Win32.", StringComparison.OrdinalIgnoreCase))
        && Platform.Value.TryGetValue(name, out var path)
        && (wanted.Version is not { } version || AssemblyName.GetAssemblyName(path).Version >= version);

    private static IEnumerable<string> FileNames(string library)
    {
        yield return library;
        var (prefix, suffix) = OperatingSystem.IsWindows() ? ("", ".dll") : ("lib", OperatingSystem.IsMacOS() ? ".dylib" : ".so");
        yield return library + suffix;
        yield return prefix + library;
        yield return prefix + library + suffix;
    }

    private static IEnumerable<string> Newest(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder, "net*").OrderDescending(StringComparer.OrdinalIgnoreCase) : [];

    private IEnumerable<string> PlatformFolders()
    {
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string[] systems = OperatingSystem.IsWindows() ? ["win"] : OperatingSystem.IsMacOS() ? ["osx", "unix"] : ["linux", "unix"];
        return systems.SelectMany(system => new[] { $"{system}-{architecture}", system }).Append("any").Select(identifier => Path.Combine(_folder, "runtimes", identifier)).Where(Directory.Exists);
    }
}
