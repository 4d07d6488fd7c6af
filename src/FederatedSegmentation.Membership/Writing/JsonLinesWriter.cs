using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace FederatedSegmentation.Membership.Writing;

/// <summary>
/// JSON Lines in UTF-8: one object a line, members in column order. int64 are numbers and booleans <c>true</c> or <c>false</c>; everything else is a
/// string in canonical text, decimals among them, because most readers would make a float of them.
/// </summary>
internal sealed class JsonLinesWriter(ImmutableArray<MembershipColumn> columns, Stream stream) : RowWriter(columns, stream)
{
    // What JSON wants escaped: quotes, backslashes and control characters. Everything else stands as it is.
    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    // "{"name":" and ","name":" once, not for each row.
    private readonly byte[][] _names = [.. columns.Select((column, index) => (byte[])[(byte)(index == 0 ? '{' : ','), (byte)'"', .. Escaped(column.Name), (byte)'"', (byte)':'])];

    internal override Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void WriteRow(ReadOnlySpan<ColumnText> columns, int row)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            Output.Write(_names[i]);
            var column = columns[i];
            if (column.IsNull(row))
            {
                Output.Write("null"u8);
            }
            else if (column.IsJsonToken)
            {
                column.Write(row, Output);
            }
            else
            {
                Output.Write((byte)'"');
                if (column.IsFreeText)
                {
                    WriteEscaped(column.Text(row), Output);
                }
                else
                {
                    column.Write(row, Output);
                }

                Output.Write((byte)'"');
            }
        }

        Output.Write("}\n"u8);
    }

    private static byte[] Escaped(string name)
    {
        var output = new Utf8Output(Stream.Null);
        WriteEscaped(Encoding.UTF8.GetBytes(name), output);
        return output.Written.ToArray();
    }

    private static void WriteEscaped(ReadOnlySpan<byte> text, Utf8Output output)
    {
        for (var special = text.IndexOfAny(Special); special >= 0; special = text.IndexOfAny(Special))
        {
            output.Write(text[..special]);
            var value = text[special];
            switch (value)
            {
                case (byte)'"':
                    output.Write("\\\""u8);
                    break;
                case (byte)'\\':
                    output.Write("\\\\"u8);
                    break;
                case (byte)'\n':
                    output.Write("\\n"u8);
                    break;
                case (byte)'\r':
                    output.Write("\\r"u8);
                    break;
                case (byte)'\t':
                    output.Write("\\t"u8);
                    break;
                default:
                    output.Write("\\u00"u8);
                    output.Advance(CanonicalText.WriteBinary([value], output.Reserve(2)));
                    break;
            }

            text = text[(special + 1)..];
        }

        output.Write(text);
    }
}
