using System.Globalization;
using System.Text.Json;
using FederatedSegmentation.Connectors.BigQuery.Rest;
using FederatedSegmentation.Connectors.Keys;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>The statements of a run. Each sees the tables as they are when it starts: BigQuery has no view that several statements could share without writing.</summary>
internal sealed class BigQuerySession(StatementContext context) : ISourceSession
{
    /// <inheritdoc />
    public async Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken)
    {
        var what = $"fragment {fragment.Fragment}";
        await context.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        var job = new QueryJob(context, JobId(fragment.Fragment), what);
        try
        {
            await job.InsertAsync(fragment.Sql, fragment.Fragment, fragment.Keys, cancellationToken).ConfigureAwait(false);
            return new BigQueryStatement(context, job, fragment);
        }
        catch
        {
            context.Slots.Release();
            throw;
        }
    }

    /// <summary>Runs a statement for a table of keys to its end.</summary>
    internal async Task ExecuteAsync(KeyTableStatement statement, CancellationToken cancellationToken)
    {
        await context.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var job = new QueryJob(context, JobId(statement.Fragment), statement.What, isForKeys: true);
            try
            {
                await job.InsertAsync(statement.Sql, statement.Fragment, statement.Keys, cancellationToken).ConfigureAwait(false);
                await job.EndAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await job.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            context.Slots.Release();
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Made here, so that a job whose answer was lost can be found again. Letters, digits, '_' and '-' only.
    private string JobId(string fragment) => $"fedseg_{Word(context.RunId)}_{Word(fragment)}_{Guid.NewGuid():N}";

    private static string Word(string text) => string.Concat(text.Take(60).Select(character => char.IsAsciiLetterOrDigit(character) || character == '-' ? character : '-'));
}

/// <summary>A query job of ours at BigQuery.</summary>
/// <param name="context">What the statements of the run share.</param>
/// <param name="id">Its id.</param>
/// <param name="what">What runs, to be read inside a sentence.</param>
/// <param name="isForKeys">Whether it makes, fills or drops a table of keys.</param>
internal sealed class QueryJob(StatementContext context, string id, string what, bool isForKeys = false)
{
    // BigQuery may hold a request for a result that long.
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestCancellation = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private bool _isDeadline;

    /// <summary>What runs, to be read inside a sentence.</summary>
    internal string What => what;

    /// <summary>Whether it is known to have ended.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>Sends the statement.</summary>
    /// <exception cref="SourceException">It was refused, or its fate is not known.</exception>
    internal async Task InsertAsync(string sql, string fragment, SentKeys? keys, CancellationToken cancellationToken)
    {
        var (time, isDeadline) = isForKeys ? context.TimeOrLittle() : context.TimeOrThrow(what);
        _isDeadline = isDeadline;
        var request = new ApiRequest
        {
            Method = HttpMethod.Post,
            Path = $"projects/{ApiRequest.Escape(context.Options.Project)}/jobs",
            Body = writer => WriteJob(writer, sql, fragment, keys, time),
            What = what,
            IfLost = SubmissionState.Unknown,
        };
        using var job = await context.Api.SendAsync(request, cancellationToken).ConfigureAwait(false);
        ThrowIfFailed(job.RootElement);
    }

    /// <summary>The next page of the result, the first time when the job is done.</summary>
    /// <param name="place">The place of the page, or null for the first.</param>
    /// <param name="mostRows">The most rows, or null for as many as BigQuery gives.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<ResultPage> PageAsync(string? place, int? mostRows, CancellationToken cancellationToken)
    {
        while (true)
        {
            var milliseconds = ((long)LongestPoll.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            var limit = mostRows is { } rows ? string.Create(CultureInfo.InvariantCulture, $"&maxResults={rows}") : "";
            var token = place is null ? "" : $"&pageToken={ApiRequest.Escape(place)}";
            var request = Request($"queries/{id}", $"&timeoutMs={milliseconds}&formatOptions.useInt64Timestamp=true{limit}{token}");
            ResultPage page;
            try
            {
                page = ResultPage.Open(await context.Api.ReadAsync(request, cancellationToken).ConfigureAwait(false));
            }
            catch (JsonException malformed)
            {
                throw context.Api.Malformed(request, malformed);
            }
            catch (SourceException failed) when (failed.NativeCode is "stopped" or "timeout")
            {
                HasEnded = true;
                throw context.TimedOut(what, _isDeadline);
            }

            if (page.IsComplete)
            {
                HasEnded = true;
                return page;
            }

            page.Dispose();
        }
    }

    /// <summary>Waits until it has ended, for a job without a result.</summary>
    internal async Task EndAsync(CancellationToken cancellationToken)
    {
        for (var wait = FirstWait; !HasEnded; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            await Task.Delay(wait, context.Clock, cancellationToken).ConfigureAwait(false);
            using var now = await context.Api.SendAsync(Request($"jobs/{id}", ""), cancellationToken).ConfigureAwait(false);
            ThrowIfFailed(now.RootElement);
        }
    }

    /// <summary>The table that holds the result, as <c>projects/p/datasets/d/tables/t</c>.</summary>
    internal async Task<string> DestinationAsync(CancellationToken cancellationToken)
    {
        var request = Request($"jobs/{id}", "");
        using var job = await context.Api.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (job.RootElement.TryGetProperty("configuration", out var configuration) && configuration.TryGetProperty("query", out var query)
            && query.TryGetProperty("destinationTable", out var table) && table.TryGetProperty("projectId", out var project)
            && table.TryGetProperty("datasetId", out var dataset) && table.TryGetProperty("tableId", out var name))
        {
            return $"projects/{project.GetString()}/datasets/{dataset.GetString()}/tables/{name.GetString()}";
        }

        throw context.Api.Malformed(request);
    }

    /// <summary>Cancels it and waits for its end, for a while. Failures change nothing: the job ends by its own time limit.</summary>
    internal async Task CancelAsync()
    {
        if (HasEnded)
        {
            return;
        }

        using var limit = new CancellationTokenSource(LongestCancellation, context.Clock);
        try
        {
            var cancel = Request($"jobs/{id}/cancel", "") with { Method = HttpMethod.Post };
            using var accepted = await context.Api.SendAsync(cancel, limit.Token).ConfigureAwait(false);
            var isDone = accepted.RootElement.TryGetProperty("job", out var job) && IsDone(job);
            while (!isDone)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), context.Clock, limit.Token).ConfigureAwait(false);
                using var now = await context.Api.SendAsync(Request($"jobs/{id}", ""), limit.Token).ConfigureAwait(false);
                isDone = IsDone(now.RootElement);
            }
        }
        catch (Exception unreachable) when (unreachable is SourceException or OperationCanceledException)
        {
            // Whoever cancels has the reason already, or gives up waiting.
        }

        HasEnded = true;
    }

    private static bool IsDone(JsonElement job)
        => job.TryGetProperty("status", out var status) && status.TryGetProperty("state", out var state) && state.ValueEquals("DONE");

    private void ThrowIfFailed(JsonElement job)
    {
        if (!IsDone(job))
        {
            return;
        }

        HasEnded = true;
        if (BigQueryErrors.OfJob(job) is { } reported)
        {
            throw reported.Reason is "stopped" or "timeout"
                ? context.TimedOut(what, _isDeadline)
                : context.Errors.Of(0, reported, retryAfter: null, Stage.Execute, SubmissionState.Submitted, what);
        }
    }

    private ApiRequest Request(string path, string query) => new()
    {
        Path = $"projects/{ApiRequest.Escape(context.Options.Project)}/{path}?location={ApiRequest.Escape(context.Options.Location)}{query}",
        What = what,
        IfLost = SubmissionState.Submitted,
        IfRefused = SubmissionState.Submitted,
    };

    private void WriteJob(Utf8JsonWriter writer, string sql, string fragment, SentKeys? keys, TimeSpan time)
    {
        writer.WriteStartObject("jobReference");
        writer.WriteString("projectId", context.Options.Project);
        writer.WriteString("jobId", id);
        writer.WriteString("location", context.Options.Location);
        writer.WriteEndObject();
        writer.WriteStartObject("configuration");
        writer.WriteString("jobTimeoutMs", Math.Max(1, (long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        writer.WriteStartObject("labels");
        writer.WriteString("fedseg-run", Label(context.RunId));
        writer.WriteString("fedseg-fragment", Label(fragment));
        writer.WriteEndObject();
        writer.WriteStartObject("query");
        QueryFields.Write(writer, sql, context.Options);
        if (keys is { Passage: KeyPassage.Array })
        {
            KeyParameter.Write(writer, keys);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // Lower-case letters, digits, '_' and '-', at most 63 of them.
    private static string Label(string text) => string.Concat(text.Take(63).Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : '-'));
}

/// <summary>What every query says of itself.</summary>
internal static class QueryFields
{
    /// <summary>Writes the members of a query's configuration: GoogleSQL, never more bytes than the limit, bare tables in the source's dataset.</summary>
    internal static void Write(Utf8JsonWriter writer, string sql, BigQueryOptions options)
    {
        writer.WriteString("query", sql);
        writer.WriteBoolean("useLegacySql", false);
        writer.WriteString("maximumBytesBilled", options.MaxBytesPerQuery.ToString(CultureInfo.InvariantCulture));
        if (options.Dataset is { } dataset)
        {
            writer.WriteStartObject("defaultDataset");
            writer.WriteString("projectId", options.Project);
            writer.WriteString("datasetId", dataset);
            writer.WriteEndObject();
        }
    }
}
