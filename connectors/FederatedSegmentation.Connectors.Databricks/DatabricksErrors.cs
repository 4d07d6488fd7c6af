using System.Text.Json;
using System.Text.RegularExpressions;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks;

/// <summary>What goes wrong at a Databricks workspace, by HTTP status, error code and SQLSTATE. Uses no text of the service: it may hold data.</summary>
internal static partial class DatabricksErrors
{
    /// <summary>The text with which the gateway's own statements refuse a value; it comes back inside of the service's message.</summary>
    internal const string RaisedMisfit = "FEDSEG|DAT001";

    // The SQLSTATE of what a statement raised itself.
    private const string Raised = "P0001";

    /// <summary>The rules.</summary>
    internal static readonly HttpErrorTable Table = new(
        new SourceErrorRule("401", SourceErrorCodes.Refused, false, "{server} refuses the credentials.", "Check the secret of the source's Auth section; a personal access token or OAuth secret may have expired."),
        new SourceErrorRule("403/403", SourceErrorCodes.Refused, false, "{server} refuses the token.", "Check the secret of the source's Auth section; a personal access token or OAuth secret may have expired."),
        new SourceErrorRule("403", SourceErrorCodes.PermissionDenied, false, "{server} does not permit {what}.", "Give the principal CAN USE on SQL warehouse {warehouse}; look at the workspace's IP access list as well."),
        new SourceErrorRule("404/RESOURCE_DOES_NOT_EXIST", SourceErrorCodes.Refused, false, "{server} has no SQL warehouse {warehouse}.", "Check WarehouseId."),
        new SourceErrorRule("404/NOT_FOUND", SourceErrorCodes.Incomplete, true, "{server} does not know {what} any more.", "Run it again; results are kept for one hour."),
        new SourceErrorRule("400/INVALID_PARAMETER_VALUE", SourceErrorCodes.StatementFailed, false, "{server} does not accept the request for {what}.", "Check WarehouseId, Catalog and Schema; else this is a defect of the gateway: report it with the output of explain."),
        new SourceErrorRule("429/RESOURCE_EXHAUSTED", SourceErrorCodes.Busy, true, "The queue of SQL warehouse {warehouse} is full.", "Run it again later, or have the warehouse scale out."),
        new SourceErrorRule("503", SourceErrorCodes.Busy, true, "{server} is not available for now; a stopped warehouse may be starting.", "Run it again in a moment."),
        new SourceErrorRule("42P01", SourceErrorCodes.TableMissing, false, "A table or view that {what} reads is not there, or may not be seen.", "Compare the model's table names with `fedseg sources discover`; grant USE CATALOG, USE SCHEMA and SELECT."),
        new SourceErrorRule("42704", SourceErrorCodes.TableMissing, false, "A catalog or schema that {what} reads is not there.", "Check Catalog and Schema, and compare the model's table names with `fedseg sources discover`."),
        new SourceErrorRule("42703", SourceErrorCodes.ColumnMissing, false, "A column that {what} reads is not there.", "Compare the model's columns with `fedseg sources discover`."),
        new SourceErrorRule("42501", SourceErrorCodes.PermissionDenied, false, "The principal may not read a table that {what} needs.", "Grant it: GRANT USE CATALOG ON CATALOG …; GRANT USE SCHEMA ON SCHEMA …; GRANT SELECT ON TABLE … TO the principal; `fedseg check` names the tables."),
        new SourceErrorRule("22003", SourceErrorCodes.TooManyDigits, false, "A number that {what} computes at {server} is out of range, for instance a sum of more than 38 digits.", "Declare a smaller type, or exclude the rows with such values."),
        new SourceErrorRule("22012", SourceErrorCodes.ValueDoesNotFit, false, "A view that {what} reads divides by zero.", "Correct the view or its data."),
        new SourceErrorRule("22018", SourceErrorCodes.ValueDoesNotFit, false, "A stored value that {what} reads cannot be cast by a view.", "Correct the view or its data."),
        new SourceErrorRule("22023", SourceErrorCodes.ValueDoesNotFit, false, "A stored value does not fit what {what} computes from it at {server}.", "`fedseg check --data` counts such values; look at the views behind it as well."),
        new SourceErrorRule(RaisedMisfit, SourceErrorCodes.ValueDoesNotFit, false, "A stored value that {what} reads at {server} lies outside of the years 0001 to 9999.", "Correct the data, or exclude such rows by a view."),
        new SourceErrorRule(Raised, SourceErrorCodes.ValueDoesNotFit, false, "A view that {what} reads raises an error of its own.", "Look at the view behind it."),
        new SourceErrorRule("57KD0", SourceErrorCodes.StatementTimeout, false, "{what} took longer at {server} than a statement may.", "Raise Limits:StatementTimeout of the source, or STATEMENT_TIMEOUT of the workspace, or ask for less."),
        new SourceErrorRule("57014", SourceErrorCodes.StatementFailed, false, "{what} was stopped at {server} by its operator.", "Ask why before running it again."),
        new SourceErrorRule("0A000", SourceErrorCodes.StatementFailed, false, "{server} does not support what {what} needs.", "Use a SQL warehouse with a current runtime; else report it with the output of explain."),
        new SourceErrorRule("42601", SourceErrorCodes.StatementFailed, false, "{server} does not accept the SQL of {what}.", "This is a defect of the gateway, or the warehouse's runtime is too old; report it with the output of explain."),
        new SourceErrorRule("54000", SourceErrorCodes.StatementFailed, false, "{what} reaches a limit of {server}.", "Ask for less."),
        new SourceErrorRule("XX000", SourceErrorCodes.StatementFailed, true, "{server} failed on {what} with an internal error.", "Run it again; ask the vendor's support if it happens again."));

    /// <summary>The code of a failed statement: its SQLSTATE, or the one in its message, or what the gateway's own SQL raised.</summary>
    /// <param name="status">The member <c>status</c> of the answer.</param>
    internal static string? CodeOf(JsonElement status)
    {
        var message = status.TryGetProperty("error", out var error) && error.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        // Older services have it in the text alone.
        var code = status.TryGetProperty("sql_state", out var state) && state.ValueKind == JsonValueKind.String
            ? state.GetString()
            : SqlState().Matches(message) is { Count: > 0 } found ? found[^1].Groups[1].Value : null;

        // Other failures quote the statement, which has the text in it too.
        return code is Raised or null && message.Contains(RaisedMisfit, StringComparison.Ordinal) ? RaisedMisfit : code;
    }

    /// <summary>The <c>error_code</c> of an answer that refuses a request: a text, or a number for refused tokens; null where the body is no such answer.</summary>
    internal static string? CodeOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error_code", out var code)
                ? code.ValueKind switch { JsonValueKind.String => code.GetString(), JsonValueKind.Number => code.GetRawText(), _ => null }
                : null;
        }
        catch (JsonException)
        {
            // A page of a proxy; the status says enough.
            return null;
        }
    }

    /// <summary>The errors of a source.</summary>
    internal static HttpErrors For(string source, DatabricksOptions options) => new(
        source, options.Transport.Endpoint!.Authority, Table, [KeyValuePair.Create("warehouse", options.WarehouseId)]);

    /// <summary>The deadline passed while a statement ran.</summary>
    internal static SourceException DeadlineMissed(HttpErrors errors, Stage stage, SubmissionState submission, string what) => errors.Make(
        SourceErrorCodes.DeadlineMissed, stage, $"The deadline passed while {what} ran at {errors.Server}; the statement was stopped.", "Give it more time with --deadline, or ask for less.", submission: submission);

    [GeneratedRegex(@"SQLSTATE:\s*([0-9A-Z]{5})\b")]
    private static partial Regex SqlState();
}
