using System.Collections;
using System.Collections.Immutable;
using System.Net;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Settings;

/// <summary>Reads and validates the settings.</summary>
public static class SettingsReader
{
    /// <summary>The file that is read where the user names none, in the working directory.</summary>
    public const string DefaultFile = "appsettings.json";

    /// <summary>Reads the settings file and the environment variables over it.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <param name="displayName">The path as the user typed it, for messages.</param>
    /// <param name="environment">Environment variables; those whose names do not begin with <c>FEDSEG__</c> are not looked at.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="FederatedSegmentationException">CFG…: everything that is wrong with the settings.</exception>
    public static async Task<GatewayOptions> ReadAsync(string path, string displayName, IEnumerable<KeyValuePair<string, string>> environment, CancellationToken cancellationToken)
    {
        var problems = new SettingsProblems(displayName);
        var json = await ReadFileAsync(path, problems, cancellationToken).ConfigureAwait(false);
        return Bind(json, path, displayName, environment, problems);
    }

    /// <summary>The environment variables of this process.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> ProcessEnvironment()
        => [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""))];

    /// <summary>Validates the text of a settings file and the environment variables over it.</summary>
    internal static GatewayOptions Bind(byte[] json, string path, string displayName, IEnumerable<KeyValuePair<string, string>> environment, SettingsProblems problems)
    {
        var root = SettingsTree.Parse(json, displayName, problems);
        problems.ThrowIfAny();
        var section = root!.Find(SettingsTree.Section);
        if (section is not { Kind: SettingKind.Object })
        {
            var nearest = NearestNames.Of(SettingsTree.Section, root.Members.Select(member => member.Name));
            throw problems.Fatal(
                SettingsCodes.OptionMissing,
                $"The file has no section '{SettingsTree.Section}'.",
                nearest is [var name, ..] && section is null ? $"Did you mean '{name}'?" : $"Write {{ \"{SettingsTree.Section}\": {{ … }} }}; appsettings.sample.json shows every option.");
        }

        SettingsTree.Overlay(section, environment);
        var options = Options(new SettingsSection(section, SettingsTree.Section, Path.GetDirectoryName(path)!, problems), path);
        problems.ThrowIfAny();
        return options;
    }

    private static async Task<byte[]> ReadFileAsync(string path, SettingsProblems problems, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw problems.Fatal(SettingsCodes.FileMissing, "The settings file is not there.", "Name it with --settings FILE, or copy appsettings.sample.json and change it.", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            var message = Directory.Exists(path) ? "That is a folder, not a settings file." : "The settings file cannot be read.";
            throw problems.Fatal(SettingsCodes.FileMissing, message, "Name a file that you may read with --settings FILE.", problem);
        }
    }

    private static GatewayOptions Options(SettingsSection section, string path)
    {
        var options = new GatewayOptions
        {
            File = path,
            Model = section.FilePath("Model", "model.yaml") ?? "",
            Segments = section.FilePath("Segments", "segments") ?? "",
            Sources = [.. section.Sections("Sources").Select(source => Source(source.Name, source.Section)).OfType<SourceOptions>()],
            Engine = Engine(section.Section("Engine")),
            InFlightBytes = section.Size("InFlightBytes", "256 MB", least: 1_000_000),
            Deadline = section.Time("Deadline") ?? TimeSpan.FromMinutes(20),
        };
        section.Finish();
        return options;
    }

    // One line a kind of source.
    private static readonly ImmutableArray<(string Kind, Func<string, SettingsSection, SourceOptions> Read)> Kinds =
    [
        (FilesSourceOptions.FilesKind, (name, section) => new FilesSourceOptions(name, section.RequiredFilePath("Root"))),
        (PostgresSourceOptions.PostgresKind, Postgres),
        (SnowflakeSourceOptions.SnowflakeKind, SnowflakeSourceOptions.Read),
        (DatabricksSourceOptions.DatabricksKind, DatabricksSourceOptions.Read),
        (BigQuerySourceOptions.BigQueryKind, BigQuerySourceOptions.Read),
        (FabricSourceOptions.FabricKind, FabricSourceOptions.Read),
    ];

    private static SourceOptions? Source(string name, SettingsSection section)
    {
        foreach (var (kind, read) in Kinds)
        {
            if (section.Says("Kind", kind))
            {
                _ = section.RequiredText("Kind");
                var source = DriverSourceOptions.Find(name, kind, section) ?? read(name, section);
                section.Finish();
                return source;
            }
        }

        if (section.RequiredText("Kind").Length > 0)
        {
            // What the other options mean depends on the kind, so nothing is said about them.
            _ = section.Choice<bool>("Kind", [.. Kinds.Select(known => (known.Kind, true))]);
        }

        return null;
    }

    private static PostgresSourceOptions Postgres(string name, SettingsSection section)
    {
        var authentication = section.Section("Auth");
        _ = authentication.RequiredText("Kind").Length > 0 && authentication.Choice<bool>("Kind", ("password", true));
        var limits = section.Section("Limits");
        var options = new PostgresSourceOptions(name)
        {
            Host = section.RequiredText("Host"),
            Port = section.Integer("Port", 1, 65535) ?? 5432,
            Database = section.RequiredText("Database"),
            Schema = section.Text("Schema") ?? "public",
            User = authentication.RequiredText("User"),
            Password = authentication.RequiredSecret("Password"),
            SslMode = section.Choice("SslMode", ("VerifyFull", TlsMode.VerifyFull), ("VerifyCA", TlsMode.VerifyCA), ("Require", TlsMode.Require), ("Disable", TlsMode.Disable)),
            RootCertificate = section.FilePath("RootCertificate", null),
            Limits = new SourceLimits(limits.Integer("MaxConcurrent", 1, 64) ?? 4, limits.Time("StatementTimeout")),
        };
        authentication.Finish();
        limits.Finish();
        if (options.SslMode is TlsMode.Disable or TlsMode.Require && options.Host.Length > 0 && !IsLoopback(options.Host))
        {
            section.Reject(
                SettingsCodes.Unencrypted,
                "SslMode",
                options.SslMode == TlsMode.Disable ? "Without TLS the customers' data would cross the network in clear." : "Without a verified certificate the customers' data may go to anybody.",
                "Use VerifyFull, with RootCertificate where the server's authority is your own; other modes are for loopback.");
        }

        return options;
    }

    private static EngineOptions Engine(SettingsSection section)
    {
        var kind = section.Choice("Kind", ("auto", EngineKind.Auto), ("duckdb", EngineKind.DuckDb));
        var duckDb = section.Section("DuckDb");
        var options = new EngineOptions(
            kind,
            new EmbeddedEngineOptions(
                duckDb.Size("MemoryLimit", "4 GB", least: 64_000_000),
                duckDb.Integer("Threads", 1, 1024),
                duckDb.FilePath("TempDirectory", null),
                duckDb.Size("MaxTempSize", "50 GB", least: 0)));
        duckDb.Finish();
        section.Finish();
        return options;
    }

    private static bool IsLoopback(string host) => host.StartsWith('/')
        || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
