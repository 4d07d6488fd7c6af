namespace FederatedSegmentation.Connectors.Http;

/// <summary>How many bytes of results may be in flight at once, over all statements of a source. Safe for concurrent use.</summary>
public sealed class ByteBudget
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Share> _waiting = new();
    private readonly long _limit;
    private long _inFlight;

    /// <summary>Creates a budget.</summary>
    /// <param name="limit">Bytes, at least 1.</param>
    public ByteBudget(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _limit = limit;
    }

    /// <summary>Bytes that are taken and not given back.</summary>
    public long InFlight
    {
        get
        {
            lock (_gate)
            {
                return _inFlight;
            }
        }
    }

    /// <summary>Asks for bytes. They are taken when <see cref="Share.Ready"/> ends, in the order of asking.</summary>
    internal Share Ask(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_gate)
        {
            var share = new Share(bytes);
            share.Node = _waiting.AddLast(share);
            LetIn();
            return share;
        }
    }

    /// <summary>Takes the bytes now, even beyond the limit.</summary>
    /// <remarks>Whoever holds nothing insists: so each statement can always go on with one part, and none waits for ever for another whose reader waits for it.</remarks>
    internal void Insist(Share share)
    {
        lock (_gate)
        {
            if (share.Node.List is not null)
            {
                Take(share);
            }
        }
    }

    /// <summary>Gives the bytes back, or asks no longer.</summary>
    internal void GiveBack(Share share)
    {
        lock (_gate)
        {
            if (share.Node.List is not null)
            {
                _waiting.Remove(share.Node);
            }
            else
            {
                _inFlight -= share.Bytes;
            }

            LetIn();
        }
    }

    private void LetIn()
    {
        while (_waiting.First is { } first && (_inFlight == 0 || first.Value.Bytes <= _limit - _inFlight))
        {
            Take(first.Value);
        }
    }

    private void Take(Share share)
    {
        _waiting.Remove(share.Node);
        _inFlight = checked(_inFlight + share.Bytes);
        share.Taken.SetResult();
    }

    /// <summary>Bytes that were asked for.</summary>
    internal sealed class Share(long bytes)
    {
        internal long Bytes { get; } = bytes;

        /// <summary>Ends when the bytes are taken.</summary>
        internal Task Ready => Taken.Task;

        internal TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal LinkedListNode<Share> Node { get; set; } = null!;
    }
}
