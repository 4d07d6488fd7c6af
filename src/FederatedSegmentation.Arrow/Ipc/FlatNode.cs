using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FederatedSegmentation.Arrow.Ipc;

/// <summary>A value to be written into a FlatBuffer. Written forward: a table comes first, then its children, and the offset is patched when the child's place is known.</summary>
internal abstract record FlatNode
{
    /// <summary>Inline number of 1, 2, 4 or 8 bytes.</summary>
    internal sealed record Scalar(long Value, int Bytes) : FlatNode;

    /// <summary>UTF-8 text.</summary>
    internal sealed record Text(string Value) : FlatNode;

    /// <summary>Table by slots; null is an absent slot.</summary>
    internal sealed record Table(params FlatNode?[] Slots) : FlatNode;

    /// <summary>Vector of tables.</summary>
    internal sealed record Tables(IReadOnlyList<Table> Items) : FlatNode;

    /// <summary>Vector of structs of two 64-bit numbers.</summary>
    internal sealed record Pairs(IReadOnlyList<(long First, long Second)> Items) : FlatNode;

    /// <summary>The bytes of a buffer with this table as its root, a multiple of 8 long.</summary>
    internal static byte[] Write(Table root)
    {
        var output = new Output();
        output.Number(0, 4);
        output.Patch(0, output.Write(root));
        output.Align(8);
        return output.ToArray();
    }

    private sealed class Output
    {
        private readonly List<byte> _bytes = [];

        internal int Position => _bytes.Count;

        internal byte[] ToArray() => [.. _bytes];

        internal void Number(long value, int bytes)
        {
            Span<byte> scratch = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(scratch, value);
            _bytes.AddRange(scratch[..bytes]);
        }

        internal void Align(int to, int ahead = 0)
        {
            while ((Position + ahead) % to != 0)
            {
                _bytes.Add(0);
            }
        }

        internal void Patch(int place, int target)
        {
            BinaryPrimitives.WriteInt32LittleEndian(CollectionsMarshal.AsSpan(_bytes)[place..], target - place);
        }

        internal int Write(FlatNode node)
        {
            switch (node)
            {
                case Table table:
                    return Write(table);
                case Text text:
                {
                    Align(4);
                    var start = Position;
                    var bytes = Encoding.UTF8.GetBytes(text.Value);
                    Number(bytes.Length, 4);
                    _bytes.AddRange(bytes);
                    _bytes.Add(0);
                    return start;
                }

                case Tables tables:
                {
                    Align(4);
                    var start = Position;
                    Number(tables.Items.Count, 4);
                    foreach (var unused in tables.Items)
                    {
                        Number(0, 4);
                    }

                    for (var i = 0; i < tables.Items.Count; i++)
                    {
                        Patch(start + 4 + (4 * i), Write(tables.Items[i]));
                    }

                    return start;
                }

                case Pairs pairs:
                {
                    // The structs are 8-aligned, so their count sits 4 before an 8-byte boundary.
                    Align(8, 4);
                    var start = Position;
                    Number(pairs.Items.Count, 4);
                    foreach (var (first, second) in pairs.Items)
                    {
                        Number(first, 8);
                        Number(second, 8);
                    }

                    return start;
                }

                default:
                    throw new InvalidOperationException("A number stands inside a table only.");
            }
        }

        private int Write(Table table)
        {
            var offsets = new int[table.Slots.Length];
            var tableBytes = 4;

            // Widest first, so that padding occurs at most once; the table itself starts 8-aligned.
            foreach (var bytes in new[] { 8, 4, 2, 1 })
            {
                for (var slot = 0; slot < offsets.Length; slot++)
                {
                    if (table.Slots[slot] is { } node && InlineBytes(node) == bytes)
                    {
                        tableBytes = (tableBytes + bytes - 1) / bytes * bytes;
                        offsets[slot] = tableBytes;
                        tableBytes += bytes;
                    }
                }
            }

            var vtableBytes = 4 + (2 * offsets.Length);
            Align(8, vtableBytes);
            var vtable = Position;
            Number(vtableBytes, 2);
            Number(tableBytes, 2);
            foreach (var offset in offsets)
            {
                Number(offset, 2);
            }

            var start = Position;
            Number(start - vtable, 4);
            while (Position < start + tableBytes)
            {
                _bytes.Add(0);
            }

            Span<byte> scratch = stackalloc byte[8];
            for (var slot = 0; slot < offsets.Length; slot++)
            {
                switch (table.Slots[slot])
                {
                    case null:
                        break;
                    case Scalar scalar:
                        BinaryPrimitives.WriteInt64LittleEndian(scratch, scalar.Value);
                        scratch[..scalar.Bytes].CopyTo(CollectionsMarshal.AsSpan(_bytes)[(start + offsets[slot])..]);
                        break;
                    case var child:
                        Patch(start + offsets[slot], Write(child));
                        break;
                }
            }

            return start;
        }

        private static int InlineBytes(FlatNode node) => node is Scalar scalar ? scalar.Bytes : 4;
    }
}
