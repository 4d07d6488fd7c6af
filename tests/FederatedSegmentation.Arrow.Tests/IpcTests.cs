using System.Buffers.Binary;
using FederatedSegmentation.Arrow.Ipc;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.Arrow.Tests;

public sealed class IpcTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(1)]
    public async Task What_is_written_is_read_back(int nullEvery)
    {
        using var first = SampleBatch.Create(1000, 1, nullEvery);
        using var empty = SampleBatch.Create(0, 2, nullEvery);
        using var last = SampleBatch.Create(70_000, 3, nullEvery);
        var bytes = await WriteAsync(first, empty, last);
        using var reader = new ArrowStreamReader(new MemoryStream(bytes));
        Assert.Equal(SampleBatch.Schema, await reader.ReadSchemaAsync(default));
        foreach (var expected in new[] { first, empty, last })
        {
            using var actual = await reader.ReadBatchAsync(default);
            Assert.NotNull(actual);
            SampleBatch.AssertEqual(expected, actual);
        }

        Assert.Null(await reader.ReadBatchAsync(default));
        Assert.Null(await reader.ReadBatchAsync(default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 16)]
    [InlineData(long.MaxValue)]
    public async Task A_batch_outlives_the_reader_and_the_other_batches_of_its_stream(long expectedBytes)
    {
        NativeAllocation.PoisonOnRelease = true;
        var written = Enumerable.Range(1, 6).Select(seed => SampleBatch.Create(700 * seed, seed, 3)).ToList();
        var bytes = await WriteAsync([.. written]);
        var before = RecordBatch.AllocatedBytes;
        var read = new List<RecordBatch>();
        using (var reader = new ArrowStreamReader(new MemoryStream(bytes), expectedBytes))
        {
            while (await reader.ReadBatchAsync(default) is { } batch)
            {
                read.Add(batch);
            }
        }

        foreach (var i in new[] { 0, 3, 5, 1, 4, 2 })
        {
            SampleBatch.AssertEqual(written[i], read[i]);
            read[i].Dispose();
        }

        Assert.Equal(before, RecordBatch.AllocatedBytes);
        written.ForEach(batch => batch.Dispose());
    }

    [Fact]
    public async Task Memory_of_a_stream_that_breaks_off_is_given_back()
    {
        using var batch = SampleBatch.Create(3000, 1, 3);
        var bytes = await WriteAsync(batch, batch);
        var before = RecordBatch.AllocatedBytes;
        using (var reader = new ArrowStreamReader(new MemoryStream(bytes[..^(bytes.Length / 3)])))
        {
            (await reader.ReadBatchAsync(default))!.Dispose();
            await Assert.ThrowsAsync<ArrowFormatException>(() => reader.ReadBatchAsync(default));
        }

        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public async Task A_stream_without_batches_has_a_schema()
    {
        var bytes = await WriteAsync();
        using var reader = new ArrowStreamReader(new MemoryStream(bytes));
        Assert.Null(await reader.ReadBatchAsync(default));
        Assert.Equal(SampleBatch.Schema, await reader.ReadSchemaAsync(default));
    }

    [Fact]
    public async Task A_stream_may_end_without_an_end_mark()
    {
        using var batch = SampleBatch.Create(10, 1, 3);
        var bytes = await WriteAsync(batch);
        using var reader = new ArrowStreamReader(new MemoryStream(bytes[..^8]));
        using var actual = await reader.ReadBatchAsync(default);
        SampleBatch.AssertEqual(batch, actual!);
        Assert.Null(await reader.ReadBatchAsync(default));
    }

    [Fact]
    public async Task Messages_are_framed_to_multiples_of_eight_and_the_known_schema_is_readable()
    {
        // The schema {id: int64 nullable} as another writer lays it out, its tables in another order than ours.
        const string Known = """
            FFFFFFFF88000000 10000000 0C001700140016001000 0800 0C000000 00000000 0000000000000000 10000000 04000100
            08000A0008000400 08000000 08000000 00000000 01000000 14000000
            100012000400100011000800 00000C00 10000000 10000000 1C000000 24000000 01020000 02000000 69640000
            0800090004000800 08000000 40000000 01000000 00000000 FFFFFFFF00000000
            """;
        var bytes = Convert.FromHexString(string.Concat(Known.Where(char.IsAsciiHexDigit)));
        var schema = await new ArrowStreamReader(new MemoryStream(bytes)).ReadSchemaAsync(default);
        Assert.Equal(new ArrowSchema(new ArrowField("id", ArrowType.Int64)), schema);

        var ours = await WriteAsync();
        Assert.Equal(0, BinaryPrimitives.ReadInt32LittleEndian(ours.AsSpan(4)) % 8);
        Assert.Equal(0, ours.Length % 8);
    }

    [Fact]
    public async Task A_stream_that_is_cut_anywhere_is_an_error_or_an_end_between_messages()
    {
        var before = RecordBatch.AllocatedBytes;
        using (var batch = SampleBatch.Create(20, 5, 3))
        {
            var bytes = await WriteAsync(batch);
            var whole = 0;
            for (var length = 0; length < bytes.Length; length++)
            {
                if (await TryReadAsync(bytes[..length]) is { } read)
                {
                    whole++;
                    Assert.InRange(read, 0, 1);
                }
            }

            // After the schema, and after the batch without the end mark.
            Assert.Equal(2, whole);
        }

        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public async Task Random_damage_is_an_error_or_other_values_and_never_the_end_of_the_process()
    {
        const int Rounds = 20_000;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var before = RecordBatch.AllocatedBytes;
        var refused = 0;
        using (var batch = SampleBatch.Create(20, 5, 3))
        {
            var bytes = await WriteAsync(batch);
            for (var round = 0; round < Rounds; round++)
            {
                var damaged = (byte[])bytes.Clone();
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                {
                    // Mostly in the metadata, where lengths and offsets are.
                    var place = random.Next(4) == 0 ? random.Next(damaged.Length) : random.Next(Math.Min(4000, damaged.Length));
                    damaged[place] = random.Next(3) switch { 0 => 0xFF, 1 => (byte)random.Next(256), _ => (byte)(damaged[place] ^ (1 << random.Next(8))) };
                }

                if (await TryReadAsync(damaged) is null)
                {
                    refused++;
                }
            }
        }

        output.WriteLine($"{refused} of {Rounds} refused");
        Assert.InRange(refused, Rounds / 10, Rounds);
        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public async Task A_declared_length_alone_claims_no_memory()
    {
        var before = RecordBatch.AllocatedBytes;
        using var batch = SampleBatch.Create(5, 5, 3);
        var bytes = await WriteAsync(batch);
        var metadata = 8 + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        var body = BodyLengthPlace(bytes, metadata);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(body), 2_000_000_000);
        await Assert.ThrowsAsync<ArrowFormatException>(() => new ArrowStreamReader(new MemoryStream(bytes)).ReadBatchAsync(default));
        Assert.Equal(before + batch.ByteSize, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public async Task Something_else_than_arrow_is_refused()
    {
        foreach (var text in new[] { "<html><body>502 Bad Gateway</body></html>", "ARROW1\0\0ARROW1\0\0", "{}", "PAR1PAR1PAR1" })
        {
            await Assert.ThrowsAsync<ArrowFormatException>(() => new ArrowStreamReader(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))).ReadSchemaAsync(default));
        }

        await Assert.ThrowsAsync<ArrowFormatException>(() => new ArrowStreamReader(Stream.Null).ReadSchemaAsync(default));
    }

    [Fact]
    public async Task A_batch_of_another_schema_is_not_written()
    {
        using var builder = new RecordBatchBuilder(new ArrowSchema(new ArrowField("i", ArrowType.Int32)));
        using var batch = builder.Build();
        await Assert.ThrowsAsync<ArgumentException>(() => new ArrowStreamWriter(Stream.Null, SampleBatch.Schema).WriteAsync(batch, default));
    }

    private static async Task<byte[]> WriteAsync(params RecordBatch[] batches)
    {
        var stream = new MemoryStream();
        var writer = new ArrowStreamWriter(stream, SampleBatch.Schema);
        foreach (var batch in batches)
        {
            await writer.WriteAsync(batch, default);
        }

        await writer.CompleteAsync(default);
        return stream.ToArray();
    }

    /// <summary>Number of batches, or null when the stream was refused.</summary>
    private static async Task<int?> TryReadAsync(byte[] bytes)
    {
        try
        {
            using var reader = new ArrowStreamReader(new MemoryStream(bytes));
            var count = 0;
            while (await reader.ReadBatchAsync(default) is { } batch)
            {
                using (batch)
                {
                    _ = SampleBatch.ReadAll(batch);
                    count++;
                }
            }

            return count;
        }
        catch (ArrowFormatException)
        {
            return null;
        }
    }

    private static int BodyLengthPlace(byte[] bytes, int message)
    {
        var start = message + 8;
        var table = start + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(start));
        var vtable = table - BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(table));
        return table + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(vtable + 4 + (2 * 3)));
    }
}
