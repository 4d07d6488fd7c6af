namespace FederatedSegmentation.Model.Errors;

/// <summary>The prefixes of error codes and what follows from them.</summary>
public static class ErrorCodes
{
    /// <summary>Who has to act on an error with this code.</summary>
    /// <exception cref="ArgumentException">The prefix is unknown.</exception>
    public static ErrorKind KindOf(string code) => Prefix(code) switch
    {
        "SDL" or "CFG" => ErrorKind.Definition,
        "USE" => ErrorKind.Usage,
        "SRC" => ErrorKind.Source,
        "DAT" => ErrorKind.Data,
        "RES" => ErrorKind.Resource,
        "SLA" => ErrorKind.Deadline,
        "OUT" => ErrorKind.Output,
        "CAN" => ErrorKind.Cancelled,
        "INT" => ErrorKind.Internal,
        var prefix => throw new ArgumentException($"'{prefix}' is not a known prefix of an error code.", nameof(code)),
    };

    private static string Prefix(string code) => code.Length >= 3 ? code[..3] : code;
}
