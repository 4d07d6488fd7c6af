namespace FederatedSegmentation.Membership;

/// <summary>The codes of output that cannot be written.</summary>
public static class OutputCodes
{
    /// <summary>The folder is not there.</summary>
    public const string NoFolder = "OUT001";

    /// <summary>A folder, or something else that is not a regular file, stands in the file's place.</summary>
    public const string NotAFile = "OUT002";

    /// <summary>The user may not write there, or the file system is read-only.</summary>
    public const string NoPermission = "OUT003";

    /// <summary>The disk or the user's quota is full.</summary>
    public const string DiskFull = "OUT004";

    /// <summary>Whoever read the stream closed it.</summary>
    public const string StreamClosed = "OUT005";

    /// <summary>The device or the file system failed in another way.</summary>
    public const string WriteFailed = "OUT006";
}
