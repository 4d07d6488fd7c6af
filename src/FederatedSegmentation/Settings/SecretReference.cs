using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Settings;

/// <summary>Where a secret is. Never holds the secret and never prints it. A closed hierarchy.</summary>
/// <param name="Option">The option's path, for messages.</param>
public abstract record SecretReference(string Option)
{
    /// <summary>Reads the secret, at the moment it is needed; nothing keeps it.</summary>
    /// <exception cref="FederatedSegmentationException">CFG008: it is not there.</exception>
    public abstract string Read();

    /// <summary>Where the secret is, never the secret.</summary>
    public abstract override string ToString();

    private protected FederatedSegmentationException Missing(string message, string hint, Exception? inner = null)
        => new(new Problem { Code = SettingsCodes.SecretMissing, Stage = Stage.Settings, Pointer = Option, Message = message, Hint = hint }, inner);
}

/// <summary>A secret in an environment variable.</summary>
/// <param name="Option">The option's path.</param>
/// <param name="Variable">The variable's name.</param>
public sealed record EnvironmentSecret(string Option, string Variable) : SecretReference(Option)
{
    /// <inheritdoc />
    public override string Read() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value
        ? value
        : throw Missing($"The environment variable {Variable} is not set.", "Set it to the secret.");

    /// <inheritdoc />
    public override string ToString() => $"environment variable {Variable}";
}

/// <summary>A secret in a file; one line end behind it is not part of it.</summary>
/// <param name="Option">The option's path.</param>
/// <param name="Path">The absolute path.</param>
public sealed record FileSecret(string Option, string Path) : SecretReference(Option)
{
    /// <inheritdoc />
    public override string Read()
    {
        string text;
        try
        {
            text = File.ReadAllText(Path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Missing($"The secret's file {Path} cannot be read.", "Create it, readable to this user only, with nothing but the secret in it.", problem);
        }

        text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        return text.Length > 0 ? text : throw Missing($"The secret's file {Path} is empty.", "Write the secret into it.");
    }

    /// <inheritdoc />
    public override string ToString() => $"file {Path}";
}
