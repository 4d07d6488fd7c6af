using System.Buffers.Binary;
using System.Numerics;

namespace FederatedSegmentation.Connectors.Postgres.Copy;

/// <summary>Reads PostgreSQL's binary <c>numeric</c>: groups of four decimal digits, the position of the first, the sign.</summary>
internal static class NumericDecoder
{
    private const int HeaderBytes = 8;
    private const ushort Negative = 0x4000;
    private const int MaxUnscaledDigits = 38;

    // Nineteen digits fit 64 bits; up to there the arithmetic is that of the machine.
    private const int MaxMachineDigits = 18;

    private static readonly int[] Powers = [1, 10, 100, 1000, 10000];

    /// <summary>The value times ten to the power of the scale.</summary>
    /// <param name="value">The value's bytes.</param>
    /// <param name="precision">The greatest number of digits of the result.</param>
    /// <param name="scale">Digits after the point.</param>
    /// <param name="unscaled">The result.</param>
    /// <returns>Whether it fits: it is a number, has no further digits after the point, and not too many in all.</returns>
    /// <exception cref="MalformedCopyException">The bytes are not a numeric.</exception>
    internal static bool TryDecode(ReadOnlySpan<byte> value, int precision, int scale, out Int128 unscaled)
    {
        unscaled = 0;
        if (value.Length < HeaderBytes)
        {
            throw new MalformedCopyException("a numeric is shorter than its header");
        }

        int groups = BinaryPrimitives.ReadUInt16BigEndian(value);
        int weight = BinaryPrimitives.ReadInt16BigEndian(value[2..]);
        var sign = BinaryPrimitives.ReadUInt16BigEndian(value[4..]);
        if (value.Length != HeaderBytes + (2 * groups))
        {
            throw new MalformedCopyException("a numeric has not the length that its header says");
        }

        if (sign is not (0 or Negative))
        {
            // 0xC000 NaN, 0xD000 and 0xF000 the infinities.
            return (sign & 0xC000) != 0xC000 ? throw new MalformedCopyException("a numeric has an unknown sign") : false;
        }

        var digits = value[HeaderBytes..];
        while (groups > 0 && Group(digits, 0) == 0)
        {
            digits = digits[2..];
            groups--;
            weight--;
        }

        if (groups == 0)
        {
            return true;
        }

        // Position of a group: how far its last digit stands from the last digit of the result.
        var position = (4 * weight) + scale;
        var length = position + DigitsOf(Group(digits, 0));
        if (length > Math.Min(precision, MaxUnscaledDigits))
        {
            return false;
        }

        UInt128 magnitude = 0;
        if (length <= MaxMachineDigits)
        {
            if (!TryAccumulate(digits, groups, position, out ulong narrow))
            {
                return false;
            }

            magnitude = narrow;
        }
        else if (!TryAccumulate(digits, groups, position, out magnitude))
        {
            return false;
        }

        unscaled = sign == Negative ? -(Int128)magnitude : (Int128)magnitude;
        return true;
    }

    // The caller made sure that the result has no more digits than T holds.
    private static bool TryAccumulate<T>(ReadOnlySpan<byte> digits, int groups, int position, out T magnitude)
        where T : struct, IBinaryInteger<T>
    {
        magnitude = T.Zero;
        for (var i = 0; i < groups; i++, position -= 4)
        {
            var group = Group(digits, i);
            if (position >= 0)
            {
                magnitude = (magnitude * T.CreateTruncating(10000)) + T.CreateTruncating(group);
            }
            else if (!TryCut(group, position, out var kept, out var power))
            {
                return false;
            }
            else
            {
                magnitude = (magnitude * T.CreateTruncating(power)) + T.CreateTruncating(kept);
            }
        }

        // What is left to the right of the last group is zeros.
        for (position += 4; position > 0; position -= 4)
        {
            magnitude *= T.CreateTruncating(Powers[Math.Min(position, 4)]);
        }

        return true;
    }

    // A group that reaches behind the last digit of the result: what is cut off has to be zero.
    private static bool TryCut(int group, int position, out int kept, out int power)
    {
        if (position <= -4)
        {
            (kept, power) = (0, 1);
            return group == 0;
        }

        power = Powers[4 + position];
        kept = Math.DivRem(group, Powers[-position], out var rest);
        return rest == 0;
    }

    private static int Group(ReadOnlySpan<byte> digits, int index)
    {
        var group = BinaryPrimitives.ReadUInt16BigEndian(digits[(2 * index)..]);
        return group < 10000 ? group : throw new MalformedCopyException("a numeric holds a group of more than four digits");
    }

    private static int DigitsOf(int group) => group switch { < 10 => 1, < 100 => 2, < 1000 => 3, _ => 4 };
}

/// <summary>The bytes of a COPY are not what the format says. The message names the part and holds no value.</summary>
internal sealed class MalformedCopyException(string defect) : Exception(defect);
