using System.Globalization;

namespace FederatedSegmentation.Conformance.Oracle.Time;

/// <summary>The proleptic Gregorian calendar over days and microseconds since 1970-01-01, without limits of range.</summary>
public static class CivilCalendar
{
    public const long MicrosPerMinute = 60_000_000;
    public const long MicrosPerHour = 60 * MicrosPerMinute;
    public const long MicrosPerDay = 24 * MicrosPerHour;

    public static long Days(long year, int month, int day)
    {
        // March is the first month of the counted year, so that the leap day is its last day.
        var shifted = month <= 2 ? year - 1 : year;
        var era = FloorDivide(shifted, 400);
        var yearOfEra = shifted - (era * 400);
        var dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097) + dayOfEra - 719_468;
    }

    public static (long Year, int Month, int Day) Date(long days)
    {
        var shifted = days + 719_468;
        var era = FloorDivide(shifted, 146_097);
        var dayOfEra = shifted - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        var day = (int)(dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1);
        var month = (int)(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9);
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, day);
    }

    public static bool IsLeap(long year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    public static int DaysInMonth(long year, int month) => month switch
    {
        2 => IsLeap(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>1 = Monday … 7 = Sunday.</summary>
    public static int DayOfWeek(long days) => (int)(FloorModulo(days + 3, 7) + 1);

    public static long DayOf(long micros) => FloorDivide(micros, MicrosPerDay);

    public static long TimeOfDay(long micros) => FloorModulo(micros, MicrosPerDay);

    /// <summary>Months later (or earlier); a day that the month does not have becomes its last one.</summary>
    public static long AddMonths(long days, long months)
    {
        var (year, month, day) = Date(days);
        var total = (year * 12) + (month - 1) + months;
        var newYear = FloorDivide(total, 12);
        var newMonth = (int)FloorModulo(total, 12) + 1;
        return Days(newYear, newMonth, Math.Min(day, DaysInMonth(newYear, newMonth)));
    }

    public static string DateText(long days)
    {
        var (year, month, day) = Date(days);
        return string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}");
    }

    /// <summary>ISO 8601 with six digits of a second.</summary>
    public static string DateTimeText(long micros)
    {
        var time = TimeOfDay(micros);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{DateText(DayOf(micros))}T{time / MicrosPerHour:00}:{time / MicrosPerMinute % 60:00}:{time / 1_000_000 % 60:00}.{time % 1_000_000:000000}");
    }

    public static long FloorDivide(long number, long divisor)
    {
        var quotient = number / divisor;
        return number % divisor < 0 ? quotient - 1 : quotient;
    }

    public static long FloorModulo(long number, long divisor) => number - (FloorDivide(number, divisor) * divisor);
}
