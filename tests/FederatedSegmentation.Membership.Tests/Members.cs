using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Membership.Tests;

/// <summary>Batches of members, and what the writers make of them.</summary>
internal static class Members
{
    /// <summary>One column of each type that a key can have, with its Arrow type.</summary>
    public static readonly ImmutableArray<(MembershipColumn Column, ArrowType Stored)> AllTypes =
    [
        (new MembershipColumn("id", DataTypes.Int64), ArrowType.Int64),
        (new MembershipColumn("price", new Model.Types.DecimalType(12, 2)), ArrowType.Decimal128(12, 2)),
        (new MembershipColumn("name", DataTypes.String), ArrowType.Utf8),
        (new MembershipColumn("active", DataTypes.Boolean), ArrowType.Boolean),
        (new MembershipColumn("hash", DataTypes.Binary), ArrowType.Binary),
        (new MembershipColumn("day", DataTypes.Date), ArrowType.Date32),
        (new MembershipColumn("at", DataTypes.Timestamp), ArrowType.Timestamp(ArrowTimeUnit.Microsecond)),
        (new MembershipColumn("local", new DateTimeType("Europe/Berlin")), ArrowType.Timestamp(ArrowTimeUnit.Microsecond)),
    ];

    public static RecordBatch Batch(ImmutableArray<(MembershipColumn Column, ArrowType Stored)> columns, Action<ImmutableArray<ColumnBuilder>> append)
    {
        using var builder = new RecordBatchBuilder(new ArrowSchema(columns.Select((column, index) => new ArrowField($"c{index}", column.Stored))));
        append(builder.Columns);
        return builder.Build();
    }

    public static RecordBatch Texts(params string[] values) => Batch([(Name, ArrowType.Utf8)], columns =>
    {
        foreach (var value in values)
        {
            columns[0].AppendString(value);
        }
    });

    public static RecordBatch Numbers(int first, int count) => Batch([(Id, ArrowType.Int64)], columns =>
    {
        for (var i = 0; i < count; i++)
        {
            columns[0].AppendInt64(first + i);
        }
    });

    public static MembershipColumn Name { get; } = new("name", DataTypes.String);

    public static MembershipColumn Id { get; } = new("id", DataTypes.Int64);

    public static async Task<byte[]> BytesAsync(MembershipFormat format, ImmutableArray<MembershipColumn> columns, params RecordBatch[] batches)
    {
        using var stream = new MemoryStream();
        using var output = MembershipOutput.Open(new MembershipStream(stream, "memory", format));
        await output.WriteAsync(columns, batches.ToAsync(), CancellationToken.None);
        output.Commit();
        return stream.ToArray();
    }

    public static async Task<string> TextAsync(MembershipFormat format, ImmutableArray<MembershipColumn> columns, params RecordBatch[] batches)
        => Encoding.UTF8.GetString(await BytesAsync(format, columns, batches));

    public static async IAsyncEnumerable<T> ToAsync<T>(this IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }
}
