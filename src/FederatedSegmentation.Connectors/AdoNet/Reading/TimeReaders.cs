using System.Data.Common;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Connectors.AdoNet.Reading;

/// <summary>Days.</summary>
internal sealed class DateReader : ColumnReader
{
    internal static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendDate32(reader.GetFieldValue<DateOnly>(ordinal).DayNumber - Epoch);
        return true;
    }
}

/// <summary>Days that a driver hands out as times of midnight.</summary>
internal sealed class MidnightReader : ColumnReader
{
    public override string WhyNot => "are not days";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        var (days, rest) = Math.DivRem(reader.GetDateTime(ordinal).Ticks, TimeSpan.TicksPerDay);
        if (rest != 0)
        {
            return false;
        }

        column.AppendDate32((int)days - DateReader.Epoch);
        return true;
    }
}

/// <summary>Times without a zone, and instants that a driver hands out as times of UTC.</summary>
/// <remarks>A time of the machine's own zone is refused: where the clock is set back it would name two instants.</remarks>
internal sealed class DateTimeReader(bool isInstant) : ColumnReader
{
    public override string WhyNot => "have more than microseconds, or come in the machine's own zone";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        var time = reader.GetDateTime(ordinal);
        return (isInstant ? time.Kind != DateTimeKind.Local : time.Kind == DateTimeKind.Unspecified) && Ticks.TryAppend(time.Ticks, column);
    }
}

/// <summary>Instants.</summary>
internal sealed class OffsetReader : ColumnReader
{
    public override string WhyNot => "have more than microseconds";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column) => Ticks.TryAppend(reader.GetFieldValue<DateTimeOffset>(ordinal).UtcTicks, column);
}

/// <summary>Days as ISO text.</summary>
internal sealed class TextDateReader : ColumnReader
{
    public override string WhyNot => "are not days of the years 0001 to 9999";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        if (!ExactText.TryDate(reader.GetString(ordinal), out var days))
        {
            return false;
        }

        column.AppendDate32(days);
        return true;
    }
}

/// <summary>Times as ISO text, instants in UTC.</summary>
internal sealed class TextTimeReader : ColumnReader
{
    public override string WhyNot => "are not times of at most microseconds in the years 0001 to 9999";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        if (!ExactText.TryTime(reader.GetString(ordinal), out var microseconds))
        {
            return false;
        }

        column.AppendTimestamp(microseconds);
        return true;
    }
}

/// <summary>Ticks as microseconds.</summary>
internal static class Ticks
{
    /// <summary>Appends; false where there are parts of a microsecond.</summary>
    internal static bool TryAppend(long ticks, ColumnBuilder column)
    {
        var (microseconds, rest) = Math.DivRem(ticks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond);
        if (rest != 0)
        {
            return false;
        }

        column.AppendTimestamp(microseconds);
        return true;
    }
}
