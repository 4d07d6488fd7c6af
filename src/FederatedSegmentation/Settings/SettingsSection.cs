using System.Globalization;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Settings;

/// <summary>
/// Takes options out of an object of the settings, by name. Each call makes the option known; <see cref="Finish"/> refuses what nobody asked for.
/// A call that finds a defect adds it to the problems and returns a value that is not used, since reading ends with an error.
/// </summary>
internal sealed class SettingsSection(SettingNode? node, string path, string folder, SettingsProblems problems)
{
    private readonly List<string> _known = [];

    /// <summary>The path of the object.</summary>
    internal string Path { get; } = path;

    /// <summary>A text that must be there.</summary>
    internal string RequiredText(string name)
    {
        var text = Text(name);
        if (text is null && Take(name) is null or { Kind: SettingKind.Null })
        {
            problems.Add(SettingsCodes.OptionMissing, PathOf(name), node, "The option is missing.", "Set it; it has no default.");
        }

        return text ?? "";
    }

    /// <summary>A text, or null where it is not set.</summary>
    internal string? Text(string name)
    {
        var value = Scalar(name, SettingKind.String);
        if (value is { Text.Length: 0 })
        {
            Wrong(name, value, "The option is empty.", "Set it, or leave it out.");
        }

        return value?.Text;
    }

    /// <summary>A path, made absolute; relative ones are relative to the settings file.</summary>
    internal string? FilePath(string name, string? defaultPath)
    {
        var value = Text(name) ?? defaultPath;
        if (value is null)
        {
            return null;
        }

        if (value.Contains('\0', StringComparison.Ordinal))
        {
            Wrong(name, Take(name), "The path holds U+0000.", "Mend the path.");
            return null;
        }

        return System.IO.Path.GetFullPath(value.Length == 0 ? "." : value, folder);
    }

    /// <summary>A path that must be there.</summary>
    internal string RequiredFilePath(string name) => System.IO.Path.GetFullPath(RequiredText(name) is { Length: > 0 } text && !text.Contains('\0', StringComparison.Ordinal) ? text : ".", folder);

    /// <summary>A whole number within limits, or null where it is not set.</summary>
    internal int? Integer(string name, int least, int most)
    {
        var value = Scalar(name, SettingKind.Number);
        if (value is null)
        {
            return null;
        }

        if (int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Wrong(name, value, "That is not a whole number within the limits.", $"Use {least} to {most}.");
        return null;
    }

    /// <summary>A size in bytes, as text with a unit or as a number.</summary>
    internal long Size(string name, string defaultSize, long least)
    {
        var value = Scalar(name, SettingKind.String, SettingKind.Number);
        if (ByteSize.TryParse(value?.Text ?? defaultSize, out var bytes) && bytes >= least)
        {
            return bytes;
        }

        Wrong(name, value, "That is not a size that can be used.", $"Write it with a unit, for instance \"{defaultSize}\"; at least {ByteSize.ToText(least)}.");
        return 0;
    }

    /// <summary>A span of time, or null where it is not set.</summary>
    internal TimeSpan? Time(string name)
    {
        var value = Scalar(name, SettingKind.String);
        if (value is null)
        {
            return null;
        }

        if (Duration.TryParse(value.Text, out var duration))
        {
            return duration;
        }

        Wrong(name, value, "That is not a span of time that can be used.", "Write it as \"00:20:00\" or \"20m\"; more than nothing, and at most 24 days.");
        return null;
    }

    /// <summary>One of several words, ignoring case; the first is the default.</summary>
    internal T Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        var value = Scalar(name, SettingKind.String);
        if (value is null)
        {
            return choices[0].Value;
        }

        var words = new List<string>(choices.Length);
        foreach (var choice in choices)
        {
            if (string.Equals(choice.Word, value.Text, StringComparison.OrdinalIgnoreCase))
            {
                return choice.Value;
            }

            words.Add(choice.Word);
        }

        // A kind that a later version may know is as unknown as an option.
        problems.Add(
            string.Equals(name, "Kind", StringComparison.Ordinal) ? SettingsCodes.UnknownOption : SettingsCodes.WrongValue,
            PathOf(name),
            value,
            $"'{value.Text}' is not known here.",
            Suggest(value.Text, words));
        return choices[0].Value;
    }

    /// <summary>Whether <see cref="Choice{T}"/> would take the word; for kinds, whose other options mean nothing where it would not.</summary>
    internal bool Says(string name, string word) => node?.Find(name) is { Text: var text } && string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

    /// <summary>An object of options; where it is not set, one without any.</summary>
    internal SettingsSection Section(string name)
    {
        var value = Take(name);
        if (value is { Kind: not (SettingKind.Object or SettingKind.Null) })
        {
            Wrong(name, value, $"An object of options is expected, not {value.Kind.Named()}.", "Write the options in braces.");
        }

        return new SettingsSection(value is { Kind: SettingKind.Object } ? value : null, PathOf(name), folder, problems);
    }

    /// <summary>An object whose members have names of the user's choice, each an object of options.</summary>
    internal IEnumerable<(string Name, SettingsSection Section)> Sections(string name)
    {
        var section = Section(name);
        var names = node?.Find(name) is { Kind: SettingKind.Object } value ? value.Members.Select(member => member.Name).ToList() : [];
        return names.Select(inner => (inner, section.Section(inner)));
    }

    /// <summary>A reference to a secret, or null where it is not set.</summary>
    internal SecretReference? Secret(string name) => Take(name) is null or { Kind: SettingKind.Null } ? null : RequiredSecret(name);

    /// <summary>A reference to a secret. What stands there instead is never printed.</summary>
    internal SecretReference RequiredSecret(string name)
    {
        var none = new EnvironmentSecret(PathOf(name), "");
        var value = Take(name);
        if (value is null or { Kind: SettingKind.Null })
        {
            problems.Add(SettingsCodes.OptionMissing, PathOf(name), node, "The option is missing.", "Set it to { \"Env\": \"NAME\" } or { \"File\": \"path\" }.");
            return none;
        }

        if (value.Kind != SettingKind.Object)
        {
            problems.Add(SettingsCodes.SecretInClear, PathOf(name), value, "A secret must not stand in the settings.", "Say where it is: { \"Env\": \"NAME\" } or { \"File\": \"path\" }.");
            return none;
        }

        var section = Section(name);
        var variable = section.Text("Env");
        var file = section.FilePath("File", null);
        section.Finish();
        if (variable is null == file is null)
        {
            problems.Add(SettingsCodes.WrongValue, PathOf(name), value, "Exactly one of Env and File says where the secret is.", "Write { \"Env\": \"NAME\" } or { \"File\": \"path\" }.");
            return none;
        }

        return variable is not null ? new EnvironmentSecret(PathOf(name), variable) : new FileSecret(PathOf(name), file!);
    }

    /// <summary>Adds a defect of an option that was taken.</summary>
    internal void Reject(string code, string name, string message, string hint) => problems.Add(code, PathOf(name), node?.Find(name) ?? node, message, hint);

    /// <summary>Whether an option is set.</summary>
    internal bool Has(string name) => node?.Find(name) is not (null or { Kind: SettingKind.Null });

    /// <summary>Refuses an option of the kind that another option makes useless; one that is null changes nothing anyway.</summary>
    internal void RejectUnused(string name, string message, string hint)
    {
        if (node?.Find(name) is not { } value)
        {
            return;
        }

        _known.Add(name);
        if (value.Kind != SettingKind.Null)
        {
            problems.Add(SettingsCodes.Unused, PathOf(name), value, message, hint);
        }
    }

    /// <summary>Refuses the members that nobody asked for.</summary>
    internal void Finish()
    {
        foreach (var (name, value) in node?.Members ?? [])
        {
            if (!_known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add(SettingsCodes.UnknownOption, PathOf(name), value, "There is no such option in this version.", Suggest(name, _known));
            }
        }
    }

    private static string Suggest(string text, List<string> known) => NearestNames.Of(text, known) is [var nearest, ..]
        ? $"Did you mean '{nearest}'?"
        : $"Known here: {string.Join(", ", known)}.";

    private string PathOf(string name) => $"{Path}:{name}";

    private SettingNode? Take(string name)
    {
        if (!_known.Contains(name, StringComparer.Ordinal))
        {
            _known.Add(name);
            if (node?.Find(name) is null)
            {
                problems.Absent.Add(PathOf(name));
            }
        }

        return node?.Find(name);
    }

    // The scalar, or null where it is not set or of another kind.
    private SettingNode? Scalar(string name, params ReadOnlySpan<SettingKind> kinds)
    {
        var value = Take(name);
        if (value is null or { Kind: SettingKind.Null })
        {
            return null;
        }

        if (value.Kind == SettingKind.Untyped || kinds.Contains(value.Kind))
        {
            return value;
        }

        Wrong(name, value, $"{Capital(kinds[0].Named())} is expected, not {value.Kind.Named()}.", "Mend the value.");
        return null;
    }

    private void Wrong(string name, SettingNode? value, string message, string hint) => problems.Add(SettingsCodes.WrongValue, PathOf(name), value ?? node, message, hint);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
