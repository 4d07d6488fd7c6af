using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>The codes of wrong calls, and of what the command line itself has to say.</summary>
internal static class UsageCodes
{
    /// <summary>A command, an option or an argument that is unknown or missing.</summary>
    internal const string Unparsable = "USE001";

    /// <summary>A value that its option does not take.</summary>
    internal const string WrongValue = "USE002";

    /// <summary>Options that exclude each other.</summary>
    internal const string Contradiction = "USE003";

    /// <summary>Something that an option needs is not on this machine.</summary>
    internal const string Missing = "USE004";

    /// <summary>The user cancelled.</summary>
    internal const string Cancelled = "CAN001";

    /// <summary>A bug.</summary>
    internal const string Bug = "INT001";

    /// <summary>The demonstration's members are not those that it computed beside.</summary>
    internal const string OtherMembers = "INT004";

    internal static FederatedSegmentationException Error(string code, string message, string hint)
        => new(new Problem { Code = code, Stage = Stage.Settings, Message = message, Hint = hint });
}
