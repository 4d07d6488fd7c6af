namespace FederatedSegmentation.DuckDb;

/// <summary>DuckDB's error codes and messages as exceptions.</summary>
internal static class DuckDbErrors
{
    private static readonly (string Prefix, int Code)[] Prefixes =
    [
        ("Out of Range Error", 1), ("Conversion Error", 2), ("TransactionContext Error", 10), ("Not implemented Error", 11), ("Catalog Error", 13),
        ("Parser Error", 14), ("Constraint Error", 18), ("Syntax Error", 22), ("Settings Error", 23), ("Binder Error", 24), ("IO Error", 28),
        ("INTERRUPT Error", 29), ("FATAL Error", 30), ("INTERNAL Error", 31), ("Invalid Input Error", 32), ("Out of Memory Error", 33),
        ("Permission Error", 34), ("Missing Extension Error", 39), ("Invalid Configuration Error", 42),
    ];

    /// <param name="code">The C API's error type; 0 when it is told by the message only.</param>
    /// <param name="message">The message, which starts with the name of its kind.</param>
    internal static DuckDbException Create(int code, string? message)
    {
        var text = message ?? "DuckDB failed without a message.";
        foreach (var (prefix, prefixCode) in Prefixes)
        {
            if (text.StartsWith(prefix + ": ", StringComparison.Ordinal))
            {
                // The text is right where the two differ: a worker's overflow may carry the code of the interrupt that followed it.
                code = prefixCode;
                text = text[(prefix.Length + 2)..];
                break;
            }
        }

        return new DuckDbException(Classify(code, text), text);
    }

    private static DuckDbErrorKind Classify(int code, string text)
    {
        if (text.Contains("max_temp_directory_size", StringComparison.Ordinal))
        {
            return DuckDbErrorKind.TempSpaceExhausted;
        }

        if (text.Contains("No space left on device", StringComparison.Ordinal) || text.Contains("not enough space on the disk", StringComparison.Ordinal))
        {
            return DuckDbErrorKind.DiskFull;
        }

        return code switch
        {
            1 => DuckDbErrorKind.OutOfRange,
            2 => DuckDbErrorKind.Conversion,
            11 => DuckDbErrorKind.NotImplemented,
            13 => DuckDbErrorKind.Catalog,
            14 or 22 => DuckDbErrorKind.Parser,
            18 => DuckDbErrorKind.Constraint,
            23 or 42 => DuckDbErrorKind.Configuration,
            24 => DuckDbErrorKind.Binder,
            28 => DuckDbErrorKind.Io,
            29 => DuckDbErrorKind.Interrupted,
            30 => DuckDbErrorKind.Fatal,
            31 => DuckDbErrorKind.Internal,
            32 => DuckDbErrorKind.InvalidInput,
            33 => DuckDbErrorKind.OutOfMemory,
            34 => DuckDbErrorKind.Permission,
            39 or 40 => DuckDbErrorKind.MissingExtension,
            _ => DuckDbErrorKind.Other,
        };
    }
}
