using System.Collections.Frozen;
using System.Security.Cryptography;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Planning.Resolution;

namespace FederatedSegmentation.Reading;

/// <summary>
/// The model and the segments that were read last, so that a text whose bytes have not changed is not parsed again. The bytes are read every time, and
/// compared by their SHA-256. Safe for concurrent use.
/// </summary>
public sealed class DefinitionCache
{
    private Kept<DataModel>? _model;
    private FrozenDictionary<string, Kept<SegmentFile>> _segments = FrozenDictionary<string, Kept<SegmentFile>>.Empty;

    /// <summary>The model of a text.</summary>
    internal DataModel Model(byte[] text, Func<DataModel> parse)
    {
        var hash = SHA256.HashData(text);
        if (Volatile.Read(ref _model) is { } known && known.Hash.AsSpan().SequenceEqual(hash))
        {
            return known.Value;
        }

        var model = parse();
        Volatile.Write(ref _model, new Kept<DataModel>(hash, model));
        return model;
    }

    /// <summary>Begins a look at all segments; what is not asked for in it is forgotten with its end.</summary>
    internal SegmentLook Segments() => new(this, _segments);

    /// <summary>One look at all segments. Not safe for concurrent use.</summary>
    internal sealed class SegmentLook(DefinitionCache cache, FrozenDictionary<string, Kept<SegmentFile>> known)
    {
        private readonly Dictionary<string, Kept<SegmentFile>> _seen = new(StringComparer.Ordinal);

        /// <summary>The segment of a text.</summary>
        public SegmentFile Segment(string path, byte[] text, Func<SegmentFile> parse)
        {
            var hash = SHA256.HashData(text);
            var segment = known.GetValueOrDefault(path) is { } same && same.Hash.AsSpan().SequenceEqual(hash) ? same : new Kept<SegmentFile>(hash, parse());
            _seen[path] = segment;
            return segment.Value;
        }

        /// <summary>Keeps what was seen for the next look.</summary>
        public void Keep()
        {
            if (_seen.Count != known.Count || _seen.Any(pair => !ReferenceEquals(known.GetValueOrDefault(pair.Key), pair.Value)))
            {
                Volatile.Write(ref cache._segments, _seen.ToFrozenDictionary(StringComparer.Ordinal));
            }
        }
    }

    internal sealed record Kept<T>(byte[] Hash, T Value);
}
