using System.Globalization;

namespace FederatedSegmentation.Testing.Postgres;

/// <summary>The programs of a PostgreSQL server on this machine.</summary>
/// <param name="BinDirectory">The folder that holds <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</param>
public sealed record PostgresInstallation(string BinDirectory)
{
    /// <summary>The environment variable that names a folder to use before all others.</summary>
    public const string BinDirectoryVariable = "FEDSEG_TEST_POSTGRES_BIN";

    private static readonly Lazy<PostgresInstallation?> Found = new(Search);

    /// <summary>The installation that tests use, or null where there is none.</summary>
    public static PostgresInstallation? Find() => Found.Value;

    /// <summary>Why tests that need a server are not run, or null where they are.</summary>
    public static string? WhyMissing => Find() is null
        ? $"not run: no PostgreSQL server is installed (Debian: apt-get install postgresql). Set {BinDirectoryVariable} to its bin folder where it is somewhere else."
        : null;

    /// <summary>The path of one of the programs.</summary>
    public string Program(string name) => Path.Combine(BinDirectory, name);

    private static PostgresInstallation? Search() => Candidates()
        .Where(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
        .Select(folder => new PostgresInstallation(folder))
        .FirstOrDefault();

    private static IEnumerable<string> Candidates()
    {
        if (OperatingSystem.IsWindows())
        {
            yield break;
        }

        if (Environment.GetEnvironmentVariable(BinDirectoryVariable) is { Length: > 0 } named)
        {
            yield return named;
        }

        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            // A link to initdb leads to the folder where its sister programs are.
            var program = new FileInfo(Path.Combine(folder, "initdb"));
            if (program.Exists && program.ResolveLinkTarget(returnFinalTarget: true)?.FullName is { } target)
            {
                yield return Path.GetDirectoryName(target)!;
            }

            yield return folder;
        }

        foreach (var (parent, prefix) in new[] { ("/usr/lib/postgresql", ""), ("/usr", "pgsql-"), ("/opt/homebrew/opt", "postgresql@"), ("/usr/local/opt", "postgresql@") })
        {
            foreach (var folder in Versions(parent, prefix))
            {
                yield return Path.Combine(folder, "bin");
            }
        }
    }

    private static IEnumerable<string> Versions(string parent, string prefix) => Directory.Exists(parent)
        ? Directory.GetDirectories(parent, prefix + "*").OrderByDescending(folder => VersionOf(Path.GetFileName(folder)[prefix.Length..]))
        : [];

    private static int VersionOf(string name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
