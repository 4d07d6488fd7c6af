using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FederatedSegmentation.DuckDb.Native;

/// <summary>Finds and loads libduckdb by an explicit path, never by the system's search, and checks that it is the pinned version.</summary>
internal static class DuckDbLibrary
{
    internal const string Name = "fedseg-duckdb";
    internal const string Version = "v1.5.5";

    private static readonly Lazy<DuckDbException?> Problem = new(Check);

    /// <exception cref="DuckDbException">The library is missing or another version (kind <see cref="DuckDbErrorKind.Library"/>).</exception>
    internal static void Require()
    {
        if (Problem.Value is { } problem)
        {
            throw new DuckDbException(problem.Kind, problem.Message, problem);
        }
    }

#pragma warning disable CA2255 // A library that binds native code has to say where that code is before the first call.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Install() => NativeLibrary.SetDllImportResolver(typeof(DuckDbLibrary).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == Name ? NativeLibrary.Load(FilePath()) : 0;

    private static string FilePath()
    {
        var file = OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return Path.Combine(AppContext.BaseDirectory, "runtimes", $"{system}-{architecture}", "native", file);
    }

    private static DuckDbException? Check()
    {
        try
        {
            var version = Marshal.PtrToStringUTF8(NativeMethods.duckdb_library_version());
            return version == Version
                ? null
                : new DuckDbException(DuckDbErrorKind.Library, $"{FilePath()} is DuckDB {version}; {Version} is needed. Build or install again.");
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            return new DuckDbException(DuckDbErrorKind.Library, $"DuckDB's library cannot be loaded from {FilePath()}. Build or install again for this platform.", exception);
        }
    }
}
