using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>An answer whose body is still to be read, once. Not thread safe.</summary>
public sealed class HttpReply : IAsyncDisposable
{
    private readonly HttpCall _call;
    private readonly HttpResponseMessage _answer;
    private readonly HttpErrors _errors;
    private readonly SilenceLimit _silence;
    private readonly TimeProvider _clock;
    private Stream? _body;

    internal HttpReply(HttpCall call, HttpResponseMessage answer, HttpErrors errors, SilenceLimit silence, TimeProvider clock)
    {
        _call = call;
        _answer = answer;
        _errors = errors;
        _silence = silence;
        _clock = clock;
    }

    /// <summary>The HTTP status.</summary>
    public int Status => (int)_answer.StatusCode;

    /// <summary>Whether the status is 2xx.</summary>
    public bool IsSuccess => _answer.IsSuccessStatusCode;

    /// <summary>How long the source asked to wait before the next request, or null.</summary>
    public TimeSpan? RetryAfter => Http.RetryAfter.Read(Header("Retry-After"), _clock.GetUtcNow());

    /// <summary>The body's length before it is expanded, or null where the answer does not say.</summary>
    public long? ContentLength => _answer.Content.Headers.ContentLength;

    /// <summary>A header's first value, or null.</summary>
    public string? Header(string name)
        => _answer.Headers.TryGetValues(name, out var values) || _answer.Content.Headers.TryGetValues(name, out values) ? values.FirstOrDefault() : null;

    /// <summary>The first value of a header behind the body, or null; known when the body was read to its end.</summary>
    public string? Trailer(string name) => _answer.TrailingHeaders.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>The error for this answer.</summary>
    /// <param name="vendorCode">The vendor's code, or null.</param>
    /// <param name="submission">How far the statement got.</param>
    public SourceException ToError(string? vendorCode, SubmissionState submission) => _errors.OfStatus(Status, vendorCode, RetryAfter, _call.Stage, submission, _call.What);

    /// <summary>The body, expanded. Its reads fail with a <see cref="SourceException"/>: beyond the call's limit of bytes or of silence, damaged, cut short.</summary>
    /// <param name="cancellationToken">Ends the wait for the first bytes; reads take their own, and that of the request ends them too.</param>
    public async Task<Stream> OpenBodyAsync(CancellationToken cancellationToken)
    {
        if (_body is not null)
        {
            throw new InvalidOperationException("A body is read once.");
        }

        var encoding = Header("Content-Encoding");
        var isGzip = string.Equals(encoding, "gzip", StringComparison.OrdinalIgnoreCase) || string.Equals(encoding, "x-gzip", StringComparison.OrdinalIgnoreCase);
        if (!isGzip && !string.IsNullOrEmpty(encoding) && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            throw _errors.Malformed("is compressed in a way that was not asked for", _call);
        }

        if (!isGzip && ContentLength > _call.MaxAnswerBytes)
        {
            throw BodyStream.TooLarge(_errors, _call);
        }

        var raw = await _answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        _body = new BodyStream(isGzip ? new WholeGzipStream(raw) : raw, _call, _errors, _silence);
        return _body;
    }

    /// <summary>The whole body in memory that goes back to a pool when it is disposed of.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PooledBytes> ReadBodyAsync(CancellationToken cancellationToken)
    {
        var stream = await OpenBodyAsync(cancellationToken).ConfigureAwait(false);
        var bytes = new PooledBytes((int)Math.Clamp(ContentLength ?? 0, 4096, 64 << 20));
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(bytes.Space(), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return bytes;
                }

                bytes.Advance(read);
            }
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_body is not null)
        {
            await _body.DisposeAsync().ConfigureAwait(false);
        }

        _answer.Dispose();
        _silence.Dispose();
    }
}
