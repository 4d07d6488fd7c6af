using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>The fragments of an instance by token.</summary>
internal sealed class FragmentCatalog(DuckDbInstance instance)
{
    private readonly ConcurrentDictionary<long, FragmentRegistration> _fragments = new();

    internal DuckDbInstance Instance { get; } = instance;

    internal FragmentRegistration Register(FragmentSource source)
    {
        var claimed = 0;
        return Register(
            new FragmentDescription(source.Schema, source.EstimatedRows, IsExact: false),
            () => Interlocked.Exchange(ref claimed, 1) == 0
                ? new StreamRead(source)
                : throw new DuckDbException(DuckDbErrorKind.InvalidInput, "The fragment was read already; it can be read once."));
    }

    internal FragmentRegistration Register(KeptBatches kept)
    {
        var parts = kept.Parts();
        return Register(new FragmentDescription(kept.Schema, kept.RowCount, IsExact: true), () => new KeptRead(parts));
    }

    private FragmentRegistration Register(FragmentDescription description, Func<FragmentRead> open)
    {
        if (description.Schema.Fields.IsEmpty)
        {
            throw new ArgumentException("A fragment has at least one column.", nameof(description));
        }

        while (true)
        {
            var token = NewToken();
            var registration = new FragmentRegistration(this, token, description, open);
            if (_fragments.TryAdd(token, registration))
            {
                return registration;
            }
        }
    }

    internal FragmentRegistration? Find(long token) => _fragments.GetValueOrDefault(token);

    internal void Remove(long token) => _fragments.TryRemove(token, out _);

    private static long NewToken()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes) & long.MaxValue;
    }
}
