using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>The body of an answer under its limits; every failure is told as a <see cref="SourceException"/>. Asynchronous reads only.</summary>
internal sealed class BodyStream(Stream inner, HttpCall call, HttpErrors errors, SilenceLimit silence) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var registration = cancellationToken.UnsafeRegister(static state => ((SilenceLimit)state!).Cancel(), silence);
        try
        {
            silence.Restart();
            var count = await inner.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            silence.Pause();
            _read += count;
            return _read <= call.MaxAnswerBytes ? count : throw TooLarge(errors, call);
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested && !silence.IsCancelledByCaller)
        {
            throw errors.OfFailure(new TimeoutException("No bytes in time.", cancelled), call);
        }
        catch (Exception failure) when (HttpErrors.IsForeign(failure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw errors.OfFailure(failure, call);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    internal static SourceException TooLarge(HttpErrors errors, HttpCall call) => errors.Make(
        SourceErrorCodes.AnswerTooLarge,
        call.Stage,
        FormattableString.Invariant($"The answer of {errors.Server} to {call.What} is larger than it may be ({call.MaxAnswerBytes:N0} bytes, expanded)."),
        "Look for a proxy in between; an answer that expands without end is an attack.",
        submission: call.IfLost);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
