using System.Text.Json;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Snowflake.Protocol;

/// <summary>The requests of the SQL API. Safe for concurrent use.</summary>
internal sealed class SnowflakeClient(HttpTransport transport, AccessToken token, SnowflakeOptions options, TimeProvider clock) : IDisposable
{
    private const long MaxStatusBytes = 1 << 20;

    // The first partition comes undeclared; the vendor makes it small.
    private const long MaxFirstBytes = 256L << 20;

    // What a partition may be though it is declared smaller: the vendor does not say what its sizes count.
    private const long SmallestLimit = 64L << 20;
    private const long LimitFactor = 8;

    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan[] Pauses = [.. new[] { 25, 50, 100, 200, 400, 500 }.Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds))];

    internal HttpErrors Errors => transport.Errors;

    /// <summary>Submits a statement and waits until it is accepted. When that is cancelled, a statement that was accepted all the same is cancelled.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="keys">The text that <c>:1</c> stands for, or null where it names no parameter.</param>
    /// <param name="tag">What Snowflake's operator sees in the query history.</param>
    /// <param name="time">The statement's time at the source.</param>
    /// <param name="what">What it is, for errors.</param>
    /// <param name="stage">The stage that errors name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The statement's handle.</returns>
    internal async Task<string> SubmitAsync(string sql, string? keys, string tag, TimeSpan time, string what, Stage stage, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = new StatementRequest(
            sql,
            Math.Clamp((long)Math.Ceiling(time.TotalSeconds), 1, 604_800),
            options.Database,
            options.Schema,
            options.Warehouse,
            options.Role,
            new Dictionary<string, string> { ["TIMEZONE"] = "UTC", ["QUERY_TAG"] = tag, ["MULTI_STATEMENT_COUNT"] = "1" },
            keys is null ? null : new Dictionary<string, Binding> { ["1"] = new Binding("TEXT", keys) });
        var call = new HttpCall
        {
            Method = HttpMethod.Post,
            // The id makes the request one that may be sent again without running the statement twice.
            Address = new Uri($"api/v2/statements?requestId={Guid.NewGuid():D}&async=true", UriKind.Relative),
            Body = JsonSerializer.SerializeToUtf8Bytes(request, ProtocolJson.Short.StatementRequest),
            What = what,
            Stage = stage,
            IfLost = SubmissionState.Unknown,
            MaxAnswerBytes = MaxStatusBytes,
        };
        using var abandon = new CancellationTokenSource();
        var submitting = SubmitAsync(call, abandon.Token);
        try
        {
            return await submitting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var timer = clock.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), abandon, CancelPatience, Timeout.InfiniteTimeSpan);
            await using (timer.ConfigureAwait(false))
            {
                await ((Task)submitting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (submitting.IsCompletedSuccessfully)
            {
                await CancelAsync(await submitting.ConfigureAwait(false), what).ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Waits for the end of a statement.</summary>
    /// <returns>The body with its head and its first rows, to be disposed of.</returns>
    internal async Task<(PooledBytes Body, AnswerHead Head, int Rows)> WaitAsync(string handle, string what, Stage stage, CancellationToken cancellationToken)
    {
        var call = new HttpCall
        {
            Address = new Uri($"api/v2/statements/{Uri.EscapeDataString(handle)}", UriKind.Relative),
            What = what,
            Stage = stage,
            IfLost = SubmissionState.Submitted,
            MaxAnswerBytes = MaxFirstBytes,
        };
        for (var attempt = 0; ; attempt++)
        {
            var reply = await SendAsync(call, cancellationToken).ConfigureAwait(false);
            await using (reply.ConfigureAwait(false))
            {
                // A poll that is refused for being one too many says nothing about the statement.
                if (reply.Status == 200)
                {
                    return await ReadAsync(reply, call, cancellationToken).ConfigureAwait(false);
                }

                if (reply.Status != 202)
                {
                    throw await FailureAsync(reply, call, SubmissionState.Submitted, cancellationToken).ConfigureAwait(false);
                }
            }

            await Task.Delay(Pauses[Math.Min(attempt, Pauses.Length - 1)], clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fetches a later partition: an object of rows and nothing else.</summary>
    internal async Task<(PooledBytes Body, int Rows)> PartitionAsync(string handle, int number, long declaredBytes, string what, CancellationToken cancellationToken)
    {
        var call = new HttpCall
        {
            Address = new Uri(FormattableString.Invariant($"api/v2/statements/{Uri.EscapeDataString(handle)}?partition={number}"), UriKind.Relative),
            What = what,
            IfLost = SubmissionState.Submitted,
            MaxAnswerBytes = Math.Max(SmallestLimit, declaredBytes > long.MaxValue / LimitFactor ? long.MaxValue : declaredBytes * LimitFactor),
        };
        var reply = await SendAsync(call, cancellationToken).ConfigureAwait(false);
        await using var disposing = reply.ConfigureAwait(false);
        if (reply.Status != 200)
        {
            throw await FailureAsync(reply, call, SubmissionState.Submitted, cancellationToken).ConfigureAwait(false);
        }

        var body = await reply.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
        var rows = RowsOfPartition(body.Span);
        if (rows < 0)
        {
            body.Dispose();
            throw Errors.Malformed(FormattableString.Invariant($"has no rows in partition {number}"), call);
        }

        return (body, rows);
    }

    /// <summary>Cancels a statement; waits for the answer, for a limited time.</summary>
    internal async Task CancelAsync(string handle, string what)
    {
        using var patience = new CancellationTokenSource(CancelPatience, clock);
        try
        {
            var reply = await SendAsync(
                new HttpCall
                {
                    Method = HttpMethod.Post,
                    Address = new Uri($"api/v2/statements/{Uri.EscapeDataString(handle)}/cancel", UriKind.Relative),
                    Body = ReadOnlyMemory<byte>.Empty,
                    What = what,
                    IfLost = SubmissionState.Submitted,
                    MaxAnswerBytes = MaxStatusBytes,
                },
                patience.Token).ConfigureAwait(false);
            await reply.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SourceException or OperationCanceledException)
        {
            // The network is gone, or the time is over: nothing can be asked any more. The statement ends at its own timeout.
        }
    }

    /// <inheritdoc />
    public void Dispose() => transport.Dispose();

    // A partition begins with its rows, as recorded; one that does not is searched.
    private static int RowsOfPartition(ReadOnlySpan<byte> body)
    {
        try
        {
            return body.StartsWith("{\"data\":["u8) ? "{\"data\":"u8.Length : AnswerReader.Read(body).Rows;
        }
        catch (JsonException)
        {
            return -1;
        }
    }

    private async Task<string> SubmitAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(call, cancellationToken).ConfigureAwait(false);
        await using var disposing = reply.ConfigureAwait(false);
        if (reply.Status is not (200 or 202))
        {
            throw await FailureAsync(reply, call, reply.Status switch { 408 or 422 => SubmissionState.Submitted, >= 500 => SubmissionState.Unknown, _ => SubmissionState.NotSubmitted }, cancellationToken).ConfigureAwait(false);
        }

        var (body, head, _) = await ReadAsync(reply, call, cancellationToken).ConfigureAwait(false);
        body.Dispose();
        return head.StatementHandle is { Length: > 0 } handle ? handle : throw Errors.Malformed("has no statement handle", call);
    }

    // Sends; a token that is refused is renewed once. Nothing else is repeated.
    private async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        string? refused = null;
        while (true)
        {
            var current = await token.GetAsync(refused, cancellationToken).ConfigureAwait(false);
            var reply = await transport.SendAsync(
                call with
                {
                    Headers =
                    [
                        new("Authorization", $"Bearer {current}"),
                        new("X-Snowflake-Authorization-Token-Type", token.Kind),
                        new("Accept", "application/json"),
                        new("User-Agent", "FederatedSegmentation/1.0"),
                    ],
                },
                cancellationToken).ConfigureAwait(false);
            // The same token again would be refused again.
            if (reply.Status != 401 || refused is not null || await token.GetAsync(current, cancellationToken).ConfigureAwait(false) == current)
            {
                return reply;
            }

            await reply.DisposeAsync().ConfigureAwait(false);
            refused = current;
        }
    }

    private async Task<(PooledBytes Body, AnswerHead Head, int Rows)> ReadAsync(HttpReply reply, HttpCall call, CancellationToken cancellationToken)
    {
        var body = await reply.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (head, rows) = AnswerReader.Read(body.Span);
            return (body, head, rows);
        }
        catch (JsonException malformed)
        {
            body.Dispose();
            throw Errors.Malformed("is not the JSON that it should be", call, malformed);
        }
    }

    private async Task<SourceException> FailureAsync(HttpReply reply, HttpCall call, SubmissionState submission, CancellationToken cancellationToken)
    {
        string? code = null;
        try
        {
            using var body = await reply.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
            code = AnswerReader.Read(body.Span).Head.Code;
        }
        catch (Exception unreadable) when (unreadable is JsonException or SourceException)
        {
            // A proxy or a load balancer answered; the status says enough.
        }

        return Errors.OfStatus(reply.Status, code, reply.RetryAfter, call.Stage, submission, call.What);
    }
}
