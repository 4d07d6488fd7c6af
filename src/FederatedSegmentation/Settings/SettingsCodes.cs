namespace FederatedSegmentation.Settings;

/// <summary>The codes of wrong settings.</summary>
public static class SettingsCodes
{
    /// <summary>The settings file is not there or cannot be read.</summary>
    public const string FileMissing = "CFG001";

    /// <summary>The settings file is not JSON.</summary>
    public const string NotJson = "CFG002";

    /// <summary>An option or a kind that this version does not know.</summary>
    public const string UnknownOption = "CFG003";

    /// <summary>An option without default is not set.</summary>
    public const string OptionMissing = "CFG004";

    /// <summary>An option is set twice.</summary>
    public const string OptionTwice = "CFG005";

    /// <summary>A value does not fit its option.</summary>
    public const string WrongValue = "CFG006";

    /// <summary>A secret stands in the settings in clear.</summary>
    public const string SecretInClear = "CFG007";

    /// <summary>A secret is not where its reference says.</summary>
    public const string SecretMissing = "CFG008";

    /// <summary>A connection without TLS that leaves the machine.</summary>
    public const string Unencrypted = "CFG009";

    /// <summary>A source that the settings do not have.</summary>
    public const string UnknownSource = "CFG011";

    /// <summary>An option that another one makes useless.</summary>
    public const string Unused = "CFG012";
}
