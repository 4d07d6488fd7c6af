using System.Collections.Frozen;
using System.Globalization;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>The table of error numbers; the rules name no code, because several numbers share one. Only the number decides; the server's own messages may hold values of the data, so none of their text is used.</summary>
internal static class SqlErrorTable
{
    /// <summary>The number of a statement that the driver gave up.</summary>
    internal const int ClientTimeout = -2;

    /// <summary>Login failed.</summary>
    internal const int LoginFailed = 18456;

    /// <summary>A permission on an object is missing.</summary>
    internal const int PermissionDenied = 229;

    private static readonly SourceErrorRule Busy = new("", SourceErrorCodes.Busy, true, "{server} is too busy, or is being moved.", "Run it again in a moment.");
    private static readonly SourceErrorRule Paused = new("", SourceErrorCodes.Busy, true, "The capacity behind {server} is paused, or is starting.", "Resume it in the portal, or run it again in a minute.");
    private static readonly SourceErrorRule Complex = new("", SourceErrorCodes.StatementFailed, false, "{what} is too large or too complex for {server}.", "Report the statement that explain prints; make the segment smaller until then.");
    private static readonly SourceErrorRule Grant = new("", SourceErrorCodes.PermissionDenied, false, "{account} may not do what {what} needs.", FabricGrants.Hint([FabricGrants.AnyTable]) + " `fedseg check` names the tables.");
    private static readonly SourceErrorRule Conflict = new("", SourceErrorCodes.StatementFailed, true, "{server} stopped {what} in favour of another transaction.", "Run it again.");
    private static readonly SourceErrorRule Unfit = new("", SourceErrorCodes.ValueDoesNotFit, false, "A stored value does not fit what {what} computes from it at {server}.", "`fedseg check --data` counts such values; look at the views behind it as well.");
    private static readonly SourceErrorRule Lost = new("", SourceErrorCodes.ConnectionLost, true, "The connection to {server} broke.", "Run it again; look at the network if it happens again.");
    private static readonly SourceErrorRule Malformed = new("", SourceErrorCodes.StatementFailed, false, "{server} does not take the statement of {what}.", "This is a defect of the gateway; please report it with the output of explain.");

    private static readonly FrozenDictionary<int, SourceErrorRule> Rules = new Dictionary<int, SourceErrorRule>
    {
        [LoginFailed] = new("", SourceErrorCodes.Refused, false, "{server} refuses {account}, or the warehouse is not ready yet.", "Check the credential, that the account has at least the item's Read permission, and Database letter by letter; after an idle time run it again in a minute."),
        [18470] = new("", SourceErrorCodes.Refused, false, "{account} is disabled at {server}.", "Ask its administrator."),
        [18488] = new("", SourceErrorCodes.Refused, false, "The password of {account} has to be changed first.", "Change it."),
        [4060] = new("", SourceErrorCodes.Refused, false, "{server} has no warehouse {database} that {account} may open.", "Check Database, letter by letter: names are exact; share the item with the account (Read)."),
        [911] = new("", SourceErrorCodes.Refused, false, "{server} has no warehouse {database}.", "Check Database, letter by letter."),
        [916] = new("", SourceErrorCodes.PermissionDenied, false, "{account} may not open warehouse {database}.", "Share the item with the account (Read), or let an administrator run GRANT CONNECT TO the account in {database}."),
        [40532] = new("", SourceErrorCodes.Refused, false, "{server} does not know the workspace that is asked for.", "Check Server."),
        [208] = new("", SourceErrorCodes.TableMissing, false, "A table or view that {what} reads is not there.", "Compare the model's table names with `fedseg sources discover`; letter case matters."),
        [207] = new("", SourceErrorCodes.ColumnMissing, false, "A column that {what} reads is not there.", "Compare the model's columns with `fedseg sources discover`; letter case matters."),
        [4104] = new("", SourceErrorCodes.ColumnMissing, false, "A column that {what} reads is not there.", "Compare the model's columns with `fedseg sources discover`; letter case matters."),
        [PermissionDenied] = Grant,
        [230] = Grant,
        [262] = Grant,
        [297] = Grant,
        [300] = Grant,
        [3906] = new("", SourceErrorCodes.PermissionDenied, false, "{what} tries to write to a database that is read-only.", "A view or function behind it writes; read from another one."),
        [24801] = new("", SourceErrorCodes.Busy, true, "The capacity behind {server} has exceeded its limits and takes no new statements.", "Wait some minutes, run it when less goes on, or have the capacity enlarged."),
        [42108] = Paused,
        [42109] = Paused,
        [1205] = Conflict,
        [1222] = new("", SourceErrorCodes.Busy, true, "A table that {what} reads is locked by somebody else.", "Run it again."),
        [3960] = Conflict,
        [24556] = Conflict,
        [24706] = Conflict,
        [8623] = Complex,
        [8631] = Complex,
        [8632] = Complex,
        [8003] = Complex,
        [701] = new("", SourceErrorCodes.StatementFailed, true, "{server} is out of memory.", "Run it again later, or ask for less."),
        [8115] = new("", SourceErrorCodes.TooManyDigits, false, "A number that {what} computes at {server} is out of range, for instance a sum of more than 38 digits.", "Declare a smaller type, or exclude the rows with such values."),
        [1007] = new("", SourceErrorCodes.TooManyDigits, false, "A number in {what} has more digits than {server} takes.", "Use a number of at most 38 digits."),
        [220] = new("", SourceErrorCodes.TooManyDigits, false, "A number that {what} computes at {server} is out of range.", "Exclude the rows with such values."),
        [245] = Unfit,
        [241] = Unfit,
        [242] = Unfit,
        [248] = Unfit,
        [517] = Unfit,
        [8114] = Unfit,
        [8134] = Unfit,
        [8152] = Unfit,
        [2628] = Unfit,
        [9829] = Unfit,
        [102] = Malformed,
        [105] = Malformed,
        [156] = Malformed,
        [209] = Malformed,
        [468] = new("", SourceErrorCodes.StatementFailed, false, "Texts of different collations meet in {what}.", "Report the statement that explain prints."),
        [596] = Lost,
        [10054] = Lost,
        [10053] = Lost,
        [233] = Lost,
        [64] = Lost,
        [121] = Lost,
        [40143] = Busy,
        [40197] = Busy,
        [40501] = Busy,
        [40540] = Busy,
        [40613] = Busy,
        [49918] = Busy,
        [49919] = Busy,
        [49920] = Busy,
        [10928] = Busy,
        [10929] = Busy,
        [10922] = Busy,
        [4221] = Busy,
        [1204] = Busy,
        [17830] = Lost,
        [17829] = Lost,
    }.ToFrozenDictionary();

    private static readonly SourceErrorRule Other = new("", SourceErrorCodes.StatementFailed, false, "{server} refused {what}.", "Look the error number up in Microsoft's documentation.");

    /// <summary>The rule of the number, else one that says little. An error of class 20 or more has broken the connection.</summary>
    internal static SourceErrorRule Find(int number, byte severity) => Rules.GetValueOrDefault(number) ?? (severity >= 20 ? Lost : Other);

    /// <summary>Whether the table knows the number.</summary>
    internal static bool Knows(int number) => Rules.ContainsKey(number);

    /// <summary>The number as people look it up.</summary>
    internal static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
