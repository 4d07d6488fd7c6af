using System.Globalization;

namespace FederatedSegmentation.Settings;

/// <summary>Sizes as people write them: <c>4 GB</c>. KB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB of 1024.</summary>
public static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("B", 1),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("KiB", 1L << 10),
        ("MiB", 1L << 20),
        ("GiB", 1L << 30),
        ("TiB", 1L << 40),
    ];

    /// <summary>Reads a size: a number, with decimals if need be, and a unit in any case; a space between them is optional.</summary>
    /// <returns>Whether the text is a size of at most 2^63 - 1 bytes.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var unit = text.TrimStart([.. "0123456789."]);
        var number = text[..^unit.Length];
        var scale = Units.FirstOrDefault(candidate => string.Equals(candidate.Unit, unit.Length == 0 ? "B" : unit.Trim(), StringComparison.OrdinalIgnoreCase)).Bytes;
        if (scale == 0 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > long.MaxValue / (decimal)scale)
        {
            return false;
        }

        bytes = (long)(value * scale);
        return true;
    }

    /// <summary>The size for people: <c>1.5 MB</c>.</summary>
    public static string ToText(long bytes)
    {
        var (unit, scale) = Units[..5].Last(candidate => bytes >= candidate.Bytes || candidate.Bytes == 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(scale == 1 ? bytes : Math.Round((decimal)bytes / scale, 1))} {unit}");
    }
}
