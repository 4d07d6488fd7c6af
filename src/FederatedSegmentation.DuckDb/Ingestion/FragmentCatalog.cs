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
        if (source.Schema.Fields.IsEmpty)
        {
            throw new ArgumentException("A fragment has at least one column.", nameof(source));
        }

        while (true)
        {
            var token = NewToken();
            var registration = new FragmentRegistration(this, token, source);
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
