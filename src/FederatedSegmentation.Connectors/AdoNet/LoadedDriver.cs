using System.Collections.Immutable;
using System.Data.Common;
using System.Reflection;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>A driver whose factory was found and made. Safe for concurrent use.</summary>
/// <param name="Factory">Makes its connections.</param>
/// <param name="Version">The version of its assembly.</param>
internal sealed record LoadedDriver(DbProviderFactory Factory, string Version)
{
    private const string WrongValue = "CFG006";

    /// <summary>Loads a driver.</summary>
    /// <param name="source">The source's name, for errors.</param>
    /// <param name="options">Which, and where it is.</param>
    /// <exception cref="FederatedSegmentationException">CFG006 or CFG013: it cannot be used; what was found is named.</exception>
    internal static LoadedDriver Load(string source, DriverOptions options)
    {
        if (options.TypeName.Length == 0 || options.AssemblyName is not { } assemblyName)
        {
            throw Wrong(source, WrongValue, "Driver:Factory", "Driver:Factory does not name a type and its assembly.", "Write it as \"Namespace.TypeFactory, Assembly\"; the driver's documentation names its DbProviderFactory.");
        }

        AssemblyName name;
        try
        {
            name = new AssemblyName(assemblyName);
        }
        catch (Exception malformed) when (malformed is FileLoadException or ArgumentException)
        {
            throw Wrong(source, WrongValue, "Driver:Factory", "Driver:Factory names no assembly behind the comma.", "Write it as \"Namespace.TypeFactory, Assembly\".");
        }

        var isFile = File.Exists(options.Path);
        if (!isFile && !Directory.Exists(options.Path))
        {
            throw Wrong(source, SourceErrorCodes.DriverUnusable, "Driver:Path", $"The driver's folder {options.Path} is not there.", "Put the driver's assembly and everything that it needs into it; `dotnet publish` of a project that refers to the driver makes such a folder.");
        }

        var context = DriverLoadContext.Of(isFile ? Path.GetDirectoryName(options.Path)! : options.Path);
        var path = isFile ? options.Path : context.Find(name);
        if (path is null)
        {
            throw Wrong(source, SourceErrorCodes.DriverUnusable, "Driver:Path", $"The folder {options.Path} has no {name.Name}.dll.", "Name the folder that holds the driver, and the assembly as its file is called.");
        }

        var type = FindType(source, options, context, path);
        if (!typeof(DbProviderFactory).IsAssignableFrom(type))
        {
            throw Wrong(source, SourceErrorCodes.DriverUnusable, "Driver:Factory", $"{options.TypeName} of {path} is not a DbProviderFactory.", "Name the driver's factory, not its connection; the driver's documentation says what it is called.");
        }

        return new LoadedDriver(InstanceOf(source, options, type), Printable(type.Assembly.GetName().Version?.ToString()));
    }

    private static Type FindType(string source, DriverOptions options, DriverLoadContext context, string path)
    {
        try
        {
            var assembly = context.LoadFromAssemblyPath(path);
            return assembly.GetType(options.TypeName, throwOnError: false, ignoreCase: false)
                ?? throw Wrong(source, SourceErrorCodes.DriverUnusable, "Driver:Factory", $"{path} has no type {options.TypeName}.", Suggest(assembly));
        }
        catch (Exception unreadable) when (unreadable is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException)
        {
            throw Wrong(source, SourceErrorCodes.DriverUnusable, "Driver:Path", $"{path} does not load: it is no assembly of .NET for this machine, or something that it needs is not in the folder.", "Put the driver's build for this platform and .NET into the folder, with everything that it needs.");
        }
    }

    private static string Suggest(Assembly assembly)
    {
        Type?[] types;
        try
        {
            types = assembly.GetExportedTypes();
        }
        catch (Exception incomplete) when (incomplete is FileNotFoundException or TypeLoadException or FileLoadException)
        {
            types = [];
        }

        ImmutableArray<string> factories = [.. types.OfType<Type>().Where(typeof(DbProviderFactory).IsAssignableFrom).Select(type => type.FullName!).Order(StringComparer.Ordinal)];
        return factories.IsEmpty ? "It has no DbProviderFactory at all: name the driver's own assembly." : $"Its factories: {string.Join(", ", factories.Take(3))}.";
    }

    private static DbProviderFactory InstanceOf(string source, DriverOptions options, Type type)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Static | BindingFlags.FlattenHierarchy;
        object? instance;
        try
        {
            instance = type.GetField("Instance", Public)?.GetValue(null) ?? type.GetProperty("Instance", Public)?.GetValue(null);
        }
        catch (Exception failed) when (failed is TargetInvocationException or TypeInitializationException or FileNotFoundException or FileLoadException or TypeLoadException or BadImageFormatException)
        {
            throw Wrong(source, SourceErrorCodes.DriverUnusable, "Driver:Path", $"{options.TypeName} does not start: something that it needs is missing or made for another platform ({DriverFailure.NamesOf(failed)}).", "Put everything that the driver needs into its folder, native libraries too.");
        }

        return instance as DbProviderFactory
            ?? throw Wrong(source, SourceErrorCodes.DriverUnusable, "Driver:Factory", $"{options.TypeName} has no public static field Instance with its factory.", "Every factory of ADO.NET has one: name another type, or ask the driver's maker.");
    }

    internal static FederatedSegmentationException Wrong(string source, string code, string option, string message, string hint)
        => new(new Problem { Code = code, Stage = Stage.Settings, Source = source, Pointer = option, Message = message, Hint = hint });

    private static string Printable(string? version) => version ?? "of no version";
}
