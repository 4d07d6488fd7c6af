using System.Globalization;
using System.Text;
using Xunit;

namespace FederatedSegmentation.Membership.Tests;

public class CanonicalTextTests
{
    private delegate int Write(Span<byte> destination);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    public void Integers_are_decimal_digits(long value, string text) => Assert.Equal(text, Text(span => CanonicalText.WriteInt64(value, span)));

    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("0", 2, "0.00")]
    [InlineData("5", 2, "0.05")]
    [InlineData("-5", 2, "-0.05")]
    [InlineData("-50", 2, "-0.50")]
    [InlineData("1250", 2, "12.50")]
    [InlineData("-1250", 0, "-1250")]
    [InlineData("18446744073709551616", 4, "1844674407370955.1616")]
    [InlineData("99999999999999999999999999999999999999", 0, "99999999999999999999999999999999999999")]
    [InlineData("-99999999999999999999999999999999999999", 38, "-0.99999999999999999999999999999999999999")]
    [InlineData("1", 38, "0.00000000000000000000000000000000000001")]
    public void Decimals_keep_every_digit_of_their_scale(string unscaled, int scale, string text)
        => Assert.Equal(text, Text(span => CanonicalText.WriteDecimal(Int128.Parse(unscaled, CultureInfo.InvariantCulture), scale, span)));

    [Theory]
    [InlineData(0, "1970-01-01")]
    [InlineData(-1, "1969-12-31")]
    [InlineData(11016, "2000-02-29")]
    [InlineData(-719162, "0001-01-01")]
    [InlineData(-719163, "0000-12-31")]
    [InlineData(-719529, "-0001-12-31")]
    [InlineData(2932896, "9999-12-31")]
    [InlineData(2932897, "+10000-01-01")]
    public void Dates_are_those_of_the_calendar_without_an_end(int days, string text) => Assert.Equal(text, Text(span => CanonicalText.WriteDate(days, span)));

    [Fact]
    public void Every_day_of_nine_hundred_years_is_that_of_the_framework()
    {
        for (var day = new DateOnly(1599, 12, 31); day.Year < 2500; day = day.AddDays(1))
        {
            var days = day.DayNumber - new DateOnly(1970, 1, 1).DayNumber;
            Assert.Equal(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Text(span => CanonicalText.WriteDate(days, span)));
        }
    }

    [Theory]
    [InlineData(0, false, "1970-01-01T00:00:00.000000")]
    [InlineData(0, true, "1970-01-01T00:00:00.000000Z")]
    [InlineData(-1, true, "1969-12-31T23:59:59.999999Z")]
    [InlineData(86_399_999_999, false, "1970-01-01T23:59:59.999999")]
    [InlineData(1_767_323_045_000_006, true, "2026-01-02T03:04:05.000006Z")]
    [InlineData(long.MaxValue, true, "+294247-01-10T04:00:54.775807Z")]
    [InlineData(long.MinValue, true, "-290308-12-21T19:59:05.224192Z")]
    public void Times_have_six_digits_and_instants_a_zone(long microseconds, bool isInstant, string text)
        => Assert.Equal(text, Text(span => CanonicalText.WriteDateTime(microseconds, isInstant, span)));

    [Fact]
    public void Bytes_are_lower_case_hex() => Assert.Equal("00ff0a", Text(span => CanonicalText.WriteBinary([0, 255, 10], span)));

    private static string Text(Write write)
    {
        Span<byte> destination = stackalloc byte[CanonicalText.MaxFixedLength];
        return Encoding.UTF8.GetString(destination[..write(destination)]);
    }
}
