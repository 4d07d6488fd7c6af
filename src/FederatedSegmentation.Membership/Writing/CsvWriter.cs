using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace FederatedSegmentation.Membership.Writing;

/// <summary>
/// CSV in UTF-8 without a byte order mark: a header, commas, LF. A field is quoted where RFC 4180 demands it, and where it is the empty string: an
/// empty field without quotes is NULL.
/// </summary>
internal sealed class CsvWriter(ImmutableArray<MembershipColumn> columns, Stream stream) : RowWriter(columns, stream)
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);
    private readonly byte[][] _names = [.. columns.Select(column => Encoding.UTF8.GetBytes(column.Name))];

    internal override Task BeginAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (i > 0)
            {
                Output.Write((byte)',');
            }

            WriteText(_names[i]);
        }

        Output.Write((byte)'\n');
        return Task.CompletedTask;
    }

    protected override void WriteRow(ReadOnlySpan<ColumnText> columns, int row)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            if (i > 0)
            {
                Output.Write((byte)',');
            }

            var column = columns[i];
            if (column.IsNull(row))
            {
                continue;
            }

            if (column.IsFreeText)
            {
                WriteText(column.Text(row));
            }
            else if (column.IsEmpty(row))
            {
                WriteText([]);
            }
            else
            {
                column.Write(row, Output);
            }
        }

        Output.Write((byte)'\n');
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && !text.ContainsAny(Special))
        {
            Output.Write(text);
            return;
        }

        Output.Write((byte)'"');
        for (var quote = text.IndexOf((byte)'"'); quote >= 0; quote = text.IndexOf((byte)'"'))
        {
            Output.Write(text[..(quote + 1)]);
            Output.Write((byte)'"');
            text = text[(quote + 1)..];
        }

        Output.Write(text);
        Output.Write((byte)'"');
    }
}
