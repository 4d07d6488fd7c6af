using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Connectors.Http;

namespace FederatedSegmentation.Connectors.Snowflake;

/// <summary>The table of Snowflake's codes. Only the code decides: messages name objects and may hold values, so none of their text is used.</summary>
internal static class SnowflakeErrors
{
    /// <summary>The statement was cancelled: by us or by an operator.</summary>
    internal const string Cancelled = "000604";

    /// <summary>The statement took longer than its time.</summary>
    internal const string TimedOut = "000630";

    private static readonly HttpErrorTable Table = new(
        // Who asks.
        new("390100", SourceErrorCodes.Refused, false, "{server} refuses the login of user {user}.", "Check Auth:User and the secret that Auth refers to."),
        new("390144", SourceErrorCodes.Refused, false, "{server} refuses the token that the private key of user {user} signed.", "Check Account (ORGANISATION-ACCOUNT), Auth:User, the clock of this machine, and that DESCRIBE USER shows the fingerprint of this key."),
        new("390146", SourceErrorCodes.Refused, false, "{server} saw no credentials; something on the way took them off.", "Look for a proxy in between."),
        new("390303", SourceErrorCodes.Refused, false, "{server} refuses the OAuth token.", "Get a new token, and check the security integration."),
        new("390318", SourceErrorCodes.Refused, false, "The token for {server} has expired.", "Put a new token where Auth:Token refers to."),
        new("394300", SourceErrorCodes.Refused, false, "{server} refuses the token that the private key of user {user} signed.", "Check Account, Auth:User and the key."),
        new("394301", SourceErrorCodes.Refused, false, "{server} takes the signed token for expired.", "Check the clock of this machine."),
        new("394302", SourceErrorCodes.Refused, false, "{server} takes the signed token for one of the future.", "Check the clock of this machine."),
        new("394304", SourceErrorCodes.Refused, false, "User {user} has another public key at {server}.", "Set it with ALTER USER {USER} SET RSA_PUBLIC_KEY = '…';"),
        new("394400", SourceErrorCodes.Refused, false, "{server} refuses the programmatic access token.", "Check that it has not expired, and that its user and network policy permit it."),
        new("390186", SourceErrorCodes.PermissionDenied, false, "User {user} does not have role {role}.", "Grant it: GRANT ROLE {ROLE} TO USER {USER}; names are spelled as SHOW ROLES prints them."),
        new("390189", SourceErrorCodes.PermissionDenied, false, "User {user} does not have role {role}.", "Grant it: GRANT ROLE {ROLE} TO USER {USER};"),
        new("390201", SourceErrorCodes.PermissionDenied, false, "Role {role} may not use what {what} needs.", "Grant it: GRANT USAGE ON WAREHOUSE {WAREHOUSE} TO ROLE {ROLE}; GRANT USAGE ON DATABASE {DATABASE} TO ROLE {ROLE};"),
        new("003001", SourceErrorCodes.PermissionDenied, false, "Role {role} may not do what {what} needs.", "Grant it: GRANT USAGE ON SCHEMA <schema> TO ROLE {ROLE}; GRANT SELECT ON TABLE <table> TO ROLE {ROLE};"),
        new("403", SourceErrorCodes.PermissionDenied, false, "{server} lets nobody in from here, or not to its SQL API.", "Check the network policy of the account and of the user."),
        // What is asked for.
        new("002003", SourceErrorCodes.TableMissing, false, "A database, schema or table that {what} reads is not there, or role {role} may not see it.", "Compare the model with `fedseg sources discover`; grant it: GRANT USAGE ON DATABASE {DATABASE} TO ROLE {ROLE}; GRANT USAGE ON SCHEMA <schema> TO ROLE {ROLE}; GRANT SELECT ON TABLE <table> TO ROLE {ROLE};"),
        new("002043", SourceErrorCodes.TableMissing, false, "An object that {what} reads is not there, or role {role} may not see it.", "Compare the model with `fedseg sources discover`."),
        new("391918", SourceErrorCodes.Refused, false, "{server} has no database for {what}.", "Check Database; it is spelled as SHOW DATABASES prints it."),
        new("000904", SourceErrorCodes.ColumnMissing, false, "A column that {what} reads is not there.", "Compare the model's columns with `fedseg sources discover`; letter case matters."),
        // What runs it.
        new("000606", SourceErrorCodes.StatementFailed, false, "No warehouse runs {what}: none is named, or warehouse {warehouse} does not run.", "Set Warehouse; resume it with ALTER WAREHOUSE {WAREHOUSE} RESUME, or let it resume by itself (AUTO_RESUME = TRUE)."),
        new("000608", SourceErrorCodes.StatementFailed, false, "Warehouse {warehouse} cannot be resumed.", "Look at its resource monitor."),
        new("090073", SourceErrorCodes.StatementFailed, false, "Warehouse {warehouse} cannot be resumed: its resource monitor has stopped it.", "Raise the quota of the resource monitor, or wait for its next period."),
        new(Cancelled, SourceErrorCodes.StatementFailed, false, "{what} was stopped at {server} by its operator.", "Ask why before running it again."),
        new(TimedOut, SourceErrorCodes.StatementTimeout, false, "{what} took longer at {server} than it may; it was stopped.", "Give it more time, or ask for less."),
        new("000605", SourceErrorCodes.StatementFailed, false, "{what} does not run at {server} any more.", "Run it again."),
        new("000709", SourceErrorCodes.Incomplete, true, "{server} does not know {what} any more: its result has expired.", "Run it again."),
        new("391908", SourceErrorCodes.AnswerTooLarge, false, "The result of {what} is larger than {server} hands out.", "Ask for less."),
        new("390505", SourceErrorCodes.Busy, true, "{server} takes no further requests for now.", "Run it again later, or lower MaxConcurrent."),
        // What went wrong inside.
        new("001795", SourceErrorCodes.StatementFailed, false, "A list of {what} is longer than {server} takes.", "Report it with the output of explain."),
        new("001003", SourceErrorCodes.StatementFailed, false, "{server} cannot parse {what}.", "This is a defect of the gateway; please report it with the output of explain."),
        new("000002", SourceErrorCodes.StatementFailed, false, "{server} does not support something that {what} uses.", "Report it with the output of explain."),
        new("002031", SourceErrorCodes.StatementFailed, false, "{server} does not support a kind of subquery that {what} uses.", "Report it with the output of explain."),
        new("100035", SourceErrorCodes.ValueDoesNotFit, false, "A stored value that {what} reads at {server} is no time of the years 0001 to 9999.", "Correct the data, or exclude such rows by a view."),
        new("100037", SourceErrorCodes.ValueDoesNotFit, false, "A stored value that {what} reads at {server} is outside of int64, finer than microseconds, or cannot be cast by a view.", "Correct the data, declare another type, or exclude such rows by a view."),
        new("100038", SourceErrorCodes.ValueDoesNotFit, false, "A stored value that {what} reads at {server} is outside of int64, finer than microseconds, or cannot be cast by a view.", "Correct the data, declare another type, or exclude such rows by a view."),
        new("100039", SourceErrorCodes.TooManyDigits, false, "A number that {what} computes at {server} is out of range, for instance a sum of more than 38 digits.", "Declare a smaller type, or exclude the rows with such values."),
        new("100046", SourceErrorCodes.TooManyDigits, false, "A number that {what} computes at {server} is out of range, for instance a sum of more than 38 digits.", "Declare a smaller type, or exclude the rows with such values."),
        new("100051", SourceErrorCodes.ValueDoesNotFit, false, "A view behind {what} divides by zero.", "Correct the view."));

    /// <summary>The rule of a number as drivers carry it, without leading zeros; or null.</summary>
    internal static SourceErrorRule? FindRule(string code) => code.Length <= 6 && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? Table.FindCode(number.ToString("D6", CultureInfo.InvariantCulture))
        : null;

    /// <summary>The errors of a source.</summary>
    internal static HttpErrors Of(string source, SnowflakeOptions options) => new(
        source,
        options.Endpoint!.Authority,
        Table,
        Placeholders(options, options.User ?? "of the token", options.Role ?? "of the user's default", options.Warehouse ?? "of the user's default"));

    /// <summary>What sentences call the user, the role and the warehouse; and in capitals what statements call them.</summary>
    internal static ImmutableArray<KeyValuePair<string, string>> Placeholders(SnowflakeOptions options, string user, string role, string warehouse) =>
    [
        new("user", user), new("role", role), new("warehouse", warehouse),
        new("USER", Spelled(options.User?.ToUpperInvariant(), "<user>")), new("ROLE", Spelled(options.Role, "<role>")), new("WAREHOUSE", Spelled(options.Warehouse, "<warehouse>")), new("DATABASE", Spelled(options.Database, "<database>")),
    ];

    // A name that Snowflake reads as it stands needs no quotes. Users are compared upper-folded.
    private static string Spelled(string? name, string unknown)
        => name is null ? unknown : name.All(character => char.IsAsciiLetterUpper(character) || character == '_') ? name : SnowflakeGrants.Quoted(name);
}
