using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>Turns what BigQuery reports into errors for people, by its reasons. Its texts are looked at and never shown: they may hold data.</summary>
internal sealed partial class BigQueryErrors
{
    // By reason before status: a query over its limit of bytes comes with 500, a job that failed with 400.
    private static readonly HttpErrorTable Table = new(
        new("400", SourceErrorCodes.StatementFailed, false, "{server} does not accept the request for {what}.", "Report it with the output of explain."),
        new("accessDenied", SourceErrorCodes.PermissionDenied, false, "{server} does not permit {what}.", "Grant the account roles/bigquery.jobUser on project {project} and roles/bigquery.dataViewer on the dataset."),
        new("authError", SourceErrorCodes.Refused, false, "{server} refuses the access token.", "Check Auth, and whether the account was disabled."),
        new("backendError", SourceErrorCodes.StatementFailed, true, "{server} failed on {what} with an internal error.", "Run it again; ask Google's support if it happens again."),
        new("badGateway", SourceErrorCodes.ConnectionLost, true, "{server} cannot be reached behind its gateway.", "Run it again."),
        new("billingNotEnabled", SourceErrorCodes.PermissionDenied, false, "Project {project} has no billing.", "Turn billing on for it."),
        new("billingTierLimitExceeded", SourceErrorCodes.StatementFailed, false, "{what} needs more computing than the price by bytes allows.", "Use a reservation, or ask for less."),
        new("blocked", SourceErrorCodes.PermissionDenied, false, "BigQuery has blocked project {project} for now.", "Ask Google's support."),
        new("internalError", SourceErrorCodes.StatementFailed, true, "{server} failed on {what} with an internal error.", "Run it again; ask Google's support if it happens again."),
        new("invalidQuery", SourceErrorCodes.StatementFailed, false, "BigQuery refused the statement of {what} or failed on a value while it ran.", "Paste the statement that explain prints into the console of BigQuery, which says more."),
        new("jobBackendError", SourceErrorCodes.StatementFailed, true, "{server} failed on {what} with an internal error.", "Run it again; ask Google's support if it happens again."),
        new("jobInternalError", SourceErrorCodes.StatementFailed, true, "{server} failed on {what} with an internal error.", "Run it again; ask Google's support if it happens again."),
        new("jobRateLimitExceeded", SourceErrorCodes.Busy, true, "Project {project} runs too many queries.", "Run it again later, or lower Limits:MaxConcurrent."),
        new("notFound", SourceErrorCodes.StatementFailed, false, "{server} does not find what {what} asks for.", "Check Project and Location; a dataset in another location is another source."),
        new("notImplemented", SourceErrorCodes.StatementFailed, false, "{server} cannot do what {what} asks for.", "Report it with the output of explain."),
        new("policyViolation", SourceErrorCodes.PermissionDenied, false, "A policy of the organisation forbids {what}.", "Look at the organisation's policies and the perimeter of VPC Service Controls."),
        new("quotaExceeded", SourceErrorCodes.Busy, true, "A quota of project {project} is used up.", "Run it later; the console shows which quota it is."),
        new("rateLimitExceeded", SourceErrorCodes.Busy, true, "Project {project} sends too many requests.", "Run it again later, or lower Limits:MaxConcurrent."),
        new("resourcesExceeded", SourceErrorCodes.StatementFailed, false, "{what} needs more memory than BigQuery gives a query.", "Ask for less."),
        new("responseTooLarge", SourceErrorCodes.AnswerTooLarge, false, "The result of {what} is larger than BigQuery returns.", "Ask for less."),
        new("tableUnavailable", SourceErrorCodes.StatementFailed, true, "A table of {what} is not available for now.", "Run it again."),
        // Codes of gRPC, from the Storage Read API.
        new("UNAUTHENTICATED", SourceErrorCodes.Refused, false, "{server} refuses the access token.", "Check Auth, and whether the account was disabled."),
        new("PERMISSION_DENIED", SourceErrorCodes.PermissionDenied, false, "{server} does not permit reading the result of {what}.", "Grant the account roles/bigquery.readSessionUser on project {project}, or set LargeResults to rest to read results more slowly without it."),
        new("NOT_FOUND", SourceErrorCodes.StatementFailed, false, "{server} does not find the result of {what}.", "Run it again."),
        new("RESOURCE_EXHAUSTED", SourceErrorCodes.Busy, true, "Project {project} reads too many streams.", "Run it again later, or lower ReadStreams."),
        new("UNAVAILABLE", SourceErrorCodes.ConnectionLost, true, "{server} is not available for now.", "Run it again."),
        new("INTERNAL", SourceErrorCodes.StatementFailed, true, "{server} failed on {what} with an internal error.", "Run it again; ask Google's support if it happens again."),
        new("DEADLINE_EXCEEDED", SourceErrorCodes.ConnectionLost, true, "{server} took too long over {what}.", "Run it again."));

    private readonly string _project;

    internal BigQueryErrors(string source, BigQueryOptions options)
    {
        _project = options.Project;
        KeyValuePair<string, string>[] placeholders = [KeyValuePair.Create("project", options.Project), KeyValuePair.Create("location", options.Location)];
        Http = new HttpErrors(source, options.Http.Endpoint?.Authority ?? "", Table, placeholders);
        Storage = new HttpErrors(source, options.Storage?.Endpoint?.Authority ?? "", Table, placeholders);
        Source = source;
    }

    internal string Source { get; }

    /// <summary>How failures of the REST API are told.</summary>
    internal HttpErrors Http { get; }

    /// <summary>How failures of the Storage Read API are told.</summary>
    internal HttpErrors Storage { get; }

    /// <summary>The error for what the API reports.</summary>
    /// <param name="status">The HTTP status, or 0 where a job carries the error.</param>
    /// <param name="reported">The reason and text.</param>
    /// <param name="retryAfter">How long the source asked to wait, or null.</param>
    /// <param name="stage">Where it happened.</param>
    /// <param name="submission">How far the statement got.</param>
    /// <param name="what">What was being done, to be read inside a sentence.</param>
    internal SourceException Of(int status, ReportedError reported, TimeSpan? retryAfter, Stage stage, SubmissionState submission, string what)
    {
        var (reason, text) = reported;
        if (Permission().Match(text) is { Success: true } permission && reason == "accessDenied")
        {
            return Make(SourceErrorCodes.PermissionDenied, stage, $"The account lacks the permission {permission.Value} for {what}.", HowToGrant(permission.Value), submission, reason);
        }

        if (reason == "bytesBilledLimitExceeded" || BytesLimit().Match(text) is { Success: true })
        {
            var needed = BytesLimit().Match(text) is { Success: true } match && long.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var bytes)
                ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes")
                : "more bytes than it may";
            return Make(SourceErrorCodes.BytesLimit, stage, $"{Capitalized(what)} would read {needed}; BigQuery did not run it.", "Raise Limits:MaxBytesPerQuery of the source, or ask for less.", submission, reason);
        }

        if (text.StartsWith("Not found: Table", StringComparison.Ordinal) || text.StartsWith("Not found: Dataset", StringComparison.Ordinal))
        {
            return Make(SourceErrorCodes.TableMissing, stage, $"A table that {what} reads is not there any more, or lies in another location.", "Check the model against the datasets; a dataset in another location is another source.", submission, reason);
        }

        if (ColumnMissing().IsMatch(text))
        {
            return Make(SourceErrorCodes.ColumnMissing, stage, $"A column that {what} reads is not there.", "Compare the model's columns with `fedseg sources discover`.", submission, reason);
        }

        if (text.Contains(BigQueryDialect.DataErrorPrefix, StringComparison.Ordinal) || TooManyDigits().IsMatch(text))
        {
            return Make(SourceErrorCodes.TooManyDigits, stage, $"A sum or product of {what} needs more than 38 digits.", "Restrict the rows, or declare the column as float64.", submission, reason);
        }

        if (PartitionFilter().IsMatch(text))
        {
            return Make(SourceErrorCodes.StatementFailed, stage, $"{Capitalized(what)} reads a table that BigQuery gives out only with a condition on its partitions, and has none.", "Add a condition on the partitioning column to the segment, or have the requirement lifted.", submission, reason);
        }

        return Http.OfStatus(status, reason.Length > 0 ? reason : null, retryAfter, stage, submission, what);
    }

    /// <summary>An error in our own words.</summary>
    internal SourceException Make(string code, Stage stage, string message, string hint, SubmissionState submission = SubmissionState.NotSubmitted, string? nativeCode = null, bool isTransient = false)
        => Http.Make(code, stage, message, hint, isTransient, submission, nativeCode);

    /// <summary>The rule of a reason that a driver carries as its code; null for what is none, SQLSTATE among it.</summary>
    internal static SourceErrorRule? FindRule(string code) => code switch
    {
        "authError" => new(code, SourceErrorCodes.Refused, false, "BigQuery refuses the login of {server}.", "Check the account and its key in the connection string, and whether the account was disabled."),
        "bytesBilledLimitExceeded" => new(code, SourceErrorCodes.BytesLimit, false, "{what} would read more bytes than the connection string permits; BigQuery did not run it.", "Raise the limit in the connection string, or ask for less."),
        "notFound" => new(code, SourceErrorCodes.TableMissing, false, "A table or dataset that {what} reads is not there, or lies in another location.", "Check the model against the datasets, and the location in the connection string; a dataset in another location is another source."),
        // Statuses of HTTP and codes of gRPC are no reasons.
        [>= 'a' and <= 'z', ..] => Table.FindCode(code),
        _ => null,
    };

    /// <summary>The reason and text in the body of an error; empty where it is none of BigQuery's.</summary>
    internal static ReportedError Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? new ReportedError(
                    error.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? TextOf(list[0], "reason") : "",
                    TextOf(error, "message"))
                : ReportedError.Nothing;
        }
        catch (JsonException)
        {
            // A gateway in between answers with HTML; the status says enough.
            return ReportedError.Nothing;
        }
    }

    /// <summary>The error of a job that has failed, or null.</summary>
    internal static ReportedError? OfJob(JsonElement job)
        => job.TryGetProperty("status", out var status) && status.TryGetProperty("errorResult", out var error) && error.ValueKind == JsonValueKind.Object
            ? new ReportedError(TextOf(error, "reason"), TextOf(error, "message"))
            : null;

    private static string TextOf(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    internal static string Capitalized(string sentence) => sentence.Length > 0 ? char.ToUpperInvariant(sentence[0]) + sentence[1..] : sentence;

    private string HowToGrant(string permission) => permission switch
    {
        "bigquery.jobs.create" => $"Grant it roles/bigquery.jobUser on project {_project}.",
        "bigquery.readsessions.create" or "bigquery.readsessions.getData" => $"Grant it roles/bigquery.readSessionUser on project {_project}.",
        "bigquery.tables.getData" or "bigquery.tables.get" or "bigquery.tables.list" or "bigquery.datasets.get" => "Grant it roles/bigquery.dataViewer on the dataset.",
        _ => $"Grant it a role that holds {permission}.",
    };

    [GeneratedRegex(@"\bbigquery\.[a-z]{1,30}\.[A-Za-z]{1,40}\b")]
    private static partial Regex Permission();

    [GeneratedRegex(@"exceeded limit for bytes billed: \d+\. (\d+) or higher required")]
    private static partial Regex BytesLimit();

    [GeneratedRegex(@"NUMERIC\(\d+(, \d+)?\) has precision \d+ and scale \d+ but got a value that is not in range|[Nn]umeric overflow|NUMERIC overflow")]
    private static partial Regex TooManyDigits();

    [GeneratedRegex(@"^(?:Unrecognized name: |Name \S+ not found inside )")]
    private static partial Regex ColumnMissing();

    [GeneratedRegex(@"^Cannot query over table .* without a filter over column")]
    private static partial Regex PartitionFilter();
}

/// <summary>What the API says of a failure.</summary>
/// <param name="Reason">Its reason, or empty.</param>
/// <param name="Text">Its text, which is never shown; or empty.</param>
internal readonly record struct ReportedError(string Reason, string Text)
{
    internal static ReportedError Nothing => new("", "");
}
