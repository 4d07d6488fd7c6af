namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>What an SQLSTATE means for the person who reads the error. Message and hint may hold <c>{role}</c>, <c>{database}</c>, <c>{server}</c> and <c>{what}</c>.</summary>
/// <param name="State">The SQLSTATE, or its class of two characters.</param>
/// <param name="Code">Our code.</param>
/// <param name="IsTransient">Whether the same may succeed later.</param>
/// <param name="Message">What happened.</param>
/// <param name="Hint">What to do.</param>
internal sealed record SqlStateRule(string State, string Code, bool IsTransient, string Message, string Hint);

/// <summary>
/// The table of SQLSTATEs. Only the state decides: PostgreSQL's own messages are localized and may hold values of the data, so none of their text is used.
/// </summary>
internal static class SqlStateTable
{
    /// <summary>The statement was cancelled: by us, by its timeout, or by an operator.</summary>
    internal const string QueryCanceled = "57014";

    private static readonly SqlStateRule[] Rules =
    [
        new("28P01", SourceErrorCodes.Refused, false, "{server} refuses the password of role {role}.", "Check User and the secret that Password refers to."),
        new("28000", SourceErrorCodes.Refused, false, "{server} refuses role {role}: the role does not exist or may not log in to {database} from here.", "Check User, the role's LOGIN right, and pg_hba.conf."),
        new("3D000", SourceErrorCodes.Refused, false, "{server} has no database {database}.", "Check Database."),
        new("42P01", SourceErrorCodes.TableMissing, false, "A table or view that {what} reads is not there.", "Compare the model's table names with `fedseg sources discover`."),
        new("3F000", SourceErrorCodes.TableMissing, false, "A schema that {what} reads is not there.", "Compare the model's table names with `fedseg sources discover`."),
        new("42703", SourceErrorCodes.ColumnMissing, false, "A column that {what} reads is not there.", "Compare the model's columns with `fedseg sources discover`."),
        new("42501", SourceErrorCodes.PermissionDenied, false, "Role {role} may not do what {what} needs.", "Grant it: GRANT USAGE ON SCHEMA <schema> TO {role}; GRANT SELECT ON <table> TO {role}; `fedseg check` names the tables."),
        new("25006", SourceErrorCodes.PermissionDenied, false, "{what} tries to write, and everything runs in read-only transactions.", "A view or function behind it writes; read from another one."),
        new("55P03", SourceErrorCodes.Busy, true, "A table that {what} reads is locked by somebody else, for longer than the lock timeout.", "Run it again when the migration or maintenance is over."),
        new("53300", SourceErrorCodes.Busy, true, "{server} has no connection left.", "Run it again later, lower MaxConcurrent, or raise max_connections."),
        new("53100", SourceErrorCodes.StatementFailed, false, "The disk of {server} is full.", "Its operator has to make room; large sorts and joins write temporary files there."),
        new("53200", SourceErrorCodes.StatementFailed, true, "{server} is out of memory.", "Its operator should look at it; run it again later."),
        new("53400", SourceErrorCodes.StatementFailed, false, "{what} reaches a limit of {server}.", "Its operator can raise temp_file_limit or the like for role {role}."),
        new("53", SourceErrorCodes.Busy, true, "{server} lacks resources.", "Run it again later."),
        new("54", SourceErrorCodes.StatementFailed, false, "{what} is too large or too complex for {server}.", "Report the statement that explain prints; make the segment smaller until then."),
        new("57P01", SourceErrorCodes.ConnectionLost, true, "{server} ended the connection: it is shutting down, or an operator ended it.", "Run it again when it is back."),
        new("57P02", SourceErrorCodes.ConnectionLost, true, "{server} crashed and is restarting.", "Run it again when it is back."),
        new("57P03", SourceErrorCodes.ConnectionLost, true, "{server} is starting, or stopping, and takes no connections.", "Run it again in a moment."),
        new("57P04", SourceErrorCodes.Refused, false, "Database {database} was dropped.", "Check Database."),
        new("57P05", SourceErrorCodes.ConnectionLost, true, "{server} ended an idle connection.", "Run it again; raise idle_session_timeout for role {role} if it happens again."),
        new("25P03", SourceErrorCodes.ConnectionLost, true, "{server} ended the transaction that holds the run's snapshot.", "Run it again; raise idle_in_transaction_session_timeout for role {role} if it happens again."),
        new("40001", SourceErrorCodes.StatementFailed, true, "{server} stopped {what} in favour of another transaction, or of replication on a standby.", "Run it again; on a standby raise max_standby_streaming_delay or set hot_standby_feedback."),
        new("40P01", SourceErrorCodes.StatementFailed, true, "{server} stopped {what} to end a deadlock.", "Run it again."),
        new("72000", SourceErrorCodes.SnapshotUnavailable, true, "The run's snapshot is too old for {server}.", "Run it again; raise old_snapshot_threshold if it happens again."),
        new("08", SourceErrorCodes.ConnectionLost, true, "The connection to {server} broke.", "Run it again; look at the network if it happens again."),
        new("22003", SourceErrorCodes.TooManyDigits, false, "A number that {what} computes at {server} is out of range, for instance a sum of more than 38 digits.", "Declare a smaller type, or exclude the rows with such values."),
        new("22P02", SourceErrorCodes.ValueDoesNotFit, false, "A stored value that {what} reads at {server} is infinite, NaN, outside of the years 0001 to 9999, or cannot be cast by a view.", "Correct the data, or exclude such rows by a view."),
        new("22", SourceErrorCodes.ValueDoesNotFit, false, "A stored value does not fit what {what} computes from it at {server}.", "`fedseg check --data` counts such values; look at the views behind it as well."),
        new("58", SourceErrorCodes.StatementFailed, true, "{server} cannot read its own files.", "Its operator has to look at the server's log."),
        new("XX", SourceErrorCodes.StatementFailed, false, "{server} failed on {what} with an internal error.", "Its operator has to look at the server's log."),
    ];

    private static readonly Dictionary<string, SqlStateRule> ByState = Rules.ToDictionary(rule => rule.State, StringComparer.Ordinal);

    private static readonly SqlStateRule Other = new("", SourceErrorCodes.StatementFailed, false, "{server} refused {what}.", "Look the SQLSTATE up in PostgreSQL's manual, and at the server's log.");

    /// <summary>The rule of the state, else of its class, else one that says little.</summary>
    internal static SqlStateRule Find(string state) => ByState.GetValueOrDefault(state) ?? (state.Length >= 2 ? ByState.GetValueOrDefault(state[..2]) : null) ?? Other;
}
