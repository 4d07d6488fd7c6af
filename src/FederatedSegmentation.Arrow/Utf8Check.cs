using System.Text;
using System.Text.Unicode;

namespace FederatedSegmentation.Arrow;

/// <summary>Text columns are valid UTF-8 by construction: engines take that for granted and break on anything else.</summary>
internal static class Utf8Check
{
    private const byte ContinuationMask = 0xC0;
    private const byte Continuation = 0x80;

    /// <summary>Whether every text of the column that is not NULL is valid UTF-8.</summary>
    internal static bool IsValid(ArrowColumn column)
    {
        if (column.Length == 0)
        {
            return true;
        }

        // All bytes at once is the fast way; it is enough when no text starts inside a character.
        if (column.ValuesMemory.Length <= int.MaxValue)
        {
            var all = column.Bytes;
            if (Ascii.IsValid(all) || (Utf8.IsValid(all) && StartsAtCharacters(column)))
            {
                return true;
            }
        }

        // The slots of NULLs may hold anything.
        for (var row = 0; row < column.Length; row++)
        {
            if (!column.IsNull(row) && !Utf8.IsValid(column.GetBytes(row)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool StartsAtCharacters(ArrowColumn column)
    {
        for (var row = 0; row < column.Length; row++)
        {
            var bytes = column.GetBytes(row);
            if (!bytes.IsEmpty && (bytes[0] & ContinuationMask) == Continuation)
            {
                return false;
            }
        }

        // The last text may end inside a character when bytes follow it.
        var last = column.GetBytes(column.Length - 1);
        return Utf8.IsValid(last);
    }
}
