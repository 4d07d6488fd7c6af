namespace FederatedSegmentation.Settings;

/// <summary>
/// The name of the schema in which tables of keys may be made. A name that the vendor cannot have is refused where it is set: a run would find out only when it
/// has more keys than an array takes.
/// </summary>
internal static class ScratchSchemaName
{
    private const string Option = "ScratchSchema";

    /// <summary>A dataset of BigQuery: letters, digits and underscores of ASCII.</summary>
    internal static string? OfBigQuery(SettingsSection section) => Read(
        section,
        1024,
        name => name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'),
        "That cannot be the name of a dataset: it has letters without accents, digits and underscores only.",
        "Name a dataset of Project, without the project before it.");

    /// <summary>A schema of Unity Catalog.</summary>
    internal static string? OfDatabricks(SettingsSection section) => Read(
        section,
        255,
        name => !name.Any(character => character is '.' or '/' or ' ' || char.IsControl(character)),
        "That cannot be the name of a schema of Unity Catalog: it has no dot, space, slash or control character.",
        "Name a schema of Catalog, without the catalog before it.");

    /// <summary>A schema of a Fabric warehouse.</summary>
    internal static string? OfFabric(SettingsSection section) => Read(
        section,
        128,
        name => !name.EndsWith('.') && !name.Any(character => character is '/' or '\\' || char.IsControl(character)),
        "That cannot be the name of a schema of a warehouse: it has no slash, backslash or control character, and does not end with a dot.",
        "Name a schema of Database, without brackets and without the database before it.");

    /// <summary>A schema of Snowflake, which takes nearly everything between its quotes.</summary>
    internal static string? OfSnowflake(SettingsSection section) => Read(
        section,
        255,
        name => !name.Any(char.IsControl),
        "That cannot be the name of a schema of Snowflake: it has no control character.",
        "Name a schema of Database as Snowflake shows it, in upper case unless it was made with quotes, and without the database before it.");

    private static string? Read(SettingsSection section, int longest, Func<string, bool> isName, string message, string hint)
    {
        if (section.Text(Option) is not { Length: > 0 } name)
        {
            return null;
        }

        if (name.Length > longest)
        {
            section.Reject(SettingsCodes.WrongValue, Option, FormattableString.Invariant($"The name has {name.Length:N0} characters, and {longest:N0} are the most here."), hint);
        }
        else if (!isName(name))
        {
            section.Reject(SettingsCodes.WrongValue, Option, message, hint);
        }

        return name;
    }
}
