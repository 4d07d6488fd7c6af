namespace FederatedSegmentation.Connectors;

/// <summary>The codes of source errors, one list for all connectors to databases so that a code means the same everywhere. Files have their own from SRC101. Never renumbered, never reused.</summary>
public static class SourceErrorCodes
{
    /// <summary>The source cannot be reached: name, network, no listener.</summary>
    public const string Unreachable = "SRC001";

    /// <summary>TLS failed: the certificate is not trusted or names another host, or the source offers no TLS.</summary>
    public const string TransportSecurity = "SRC002";

    /// <summary>The source refuses the login or the database.</summary>
    public const string Refused = "SRC003";

    /// <summary>A table or file is missing.</summary>
    public const string TableMissing = "SRC004";

    /// <summary>A table or file has not the declared column.</summary>
    public const string ColumnMissing = "SRC005";

    /// <summary>The account may not read it.</summary>
    public const string PermissionDenied = "SRC006";

    /// <summary>The connection broke, or the source is starting or shutting down.</summary>
    public const string ConnectionLost = "SRC007";

    /// <summary>The source is too busy: too many connections, a lock that is not given.</summary>
    public const string Busy = "SRC008";

    /// <summary>The source failed while it ran the statement.</summary>
    public const string StatementFailed = "SRC009";

    /// <summary>The source's answer is incomplete or malformed.</summary>
    public const string Incomplete = "SRC010";

    /// <summary>The source cannot give one consistent view to several statements.</summary>
    public const string SnapshotUnavailable = "SRC011";

    /// <summary>An answer is larger than it may be.</summary>
    public const string AnswerTooLarge = "SRC012";

    /// <summary>A link of an answer leads to a host that is not allowed.</summary>
    public const string ForeignLink = "SRC013";

    /// <summary>A driver that the settings name cannot be used: it does not load, or lacks something.</summary>
    public const string DriverUnusable = "CFG013";

    /// <summary>A stored value does not fit the type.</summary>
    public const string ValueDoesNotFit = "DAT001";

    /// <summary>A sum or product needs more than 38 digits.</summary>
    public const string TooManyDigits = "DAT004";

    /// <summary>A statement took longer than the source's own limit.</summary>
    public const string StatementTimeout = "RES101";

    /// <summary>A statement would read more bytes than it may.</summary>
    public const string BytesLimit = "RES102";

    /// <summary>The deadline passed.</summary>
    public const string DeadlineMissed = "SLA001";
}
