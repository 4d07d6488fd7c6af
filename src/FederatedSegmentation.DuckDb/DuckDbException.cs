namespace FederatedSegmentation.DuckDb;

/// <summary>What kind of error DuckDB reported, for callers that tell users whose turn it is.</summary>
public enum DuckDbErrorKind
{
    /// <summary>None of the kinds below.</summary>
    Other,

    /// <summary>The library is missing, cannot be loaded on this machine, or is not the version that this product was built for.</summary>
    Library,

    /// <summary>The memory limit was reached and the statement could not spill.</summary>
    OutOfMemory,

    /// <summary>The statement spilled more than the limit of the temporary folder allows.</summary>
    TempSpaceExhausted,

    /// <summary>A disk is full.</summary>
    DiskFull,

    /// <summary>A file is missing, unreadable or broken.</summary>
    Io,

    /// <summary>The statement named something outside of what is allowed, or a locked feature.</summary>
    Permission,

    /// <summary>A value cannot be converted to the type asked for.</summary>
    Conversion,

    /// <summary>A number left the range of its type.</summary>
    OutOfRange,

    /// <summary>A statement rejected its input: a broken file, a bad argument, or SQL that called <c>error('…')</c>.</summary>
    InvalidInput,

    /// <summary>A constraint was violated.</summary>
    Constraint,

    /// <summary>The statement was interrupted.</summary>
    Interrupted,

    /// <summary>The text is not SQL.</summary>
    Parser,

    /// <summary>The statement does not fit its tables and functions.</summary>
    Binder,

    /// <summary>A table, function or setting does not exist, or exists already.</summary>
    Catalog,

    /// <summary>DuckDB does not implement what was asked for.</summary>
    NotImplemented,

    /// <summary>An extension is needed and not loaded.</summary>
    MissingExtension,

    /// <summary>A setting is invalid or locked.</summary>
    Configuration,

    /// <summary>The database can no longer be used.</summary>
    Fatal,

    /// <summary>A bug in DuckDB.</summary>
    Internal,
}

/// <summary>DuckDB refused or failed. The message is DuckDB's and may quote values of the data: it is for logs of the engine, not for users as it is.</summary>
public sealed class DuckDbException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="kind">What kind of error it is.</param>
    /// <param name="message">DuckDB's message, without the name of the kind.</param>
    /// <param name="inner">What caused it, or null.</param>
    public DuckDbException(DuckDbErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What kind of error it is.</summary>
    public DuckDbErrorKind Kind { get; }
}
