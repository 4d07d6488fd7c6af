using System.Globalization;
using FederatedSegmentation.Planning.Time;
using NodaTime;
using NodaTime.TimeZones;

namespace FederatedSegmentation.Planning.Tests.Time;

/// <summary>Zones: from instants to wall clocks and back, on the days when clocks change too.</summary>
public sealed class ZoneRulesTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly ZoneRules Berlin = ZoneRules.Find("Europe/Berlin")!;
    private static readonly ZoneRules NewYork = ZoneRules.Find("America/New_York")!;

    [Theory]
    [InlineData("2026-01-15T12:00:00", "2026-01-15T13:00:00")]
    [InlineData("2026-07-15T12:00:00", "2026-07-15T14:00:00")]
    [InlineData("2026-03-29T00:59:59.999999", "2026-03-29T01:59:59.999999")]
    [InlineData("2026-03-29T01:00:00", "2026-03-29T03:00:00")]
    [InlineData("2026-10-25T00:30:00", "2026-10-25T02:30:00")]
    [InlineData("2026-10-25T01:30:00", "2026-10-25T02:30:00")]
    public void An_instant_becomes_what_the_clock_shows(string instant, string clock) => Assert.Equal(At(clock), Berlin.ToWallClock(At(instant)));

    [Theory]
    [InlineData("2026-03-29T02:30:00", "2026-03-29T01:30:00")]
    [InlineData("2026-03-29T02:00:00", "2026-03-29T01:00:00")]
    [InlineData("2026-10-25T02:30:00", "2026-10-25T00:30:00")]
    [InlineData("2026-10-25T01:59:59", "2026-10-24T23:59:59")]
    [InlineData("2026-10-25T03:00:00", "2026-10-25T02:00:00")]
    public void A_skipped_time_moves_forward_by_the_gap_and_a_repeated_one_is_the_earlier(string clock, string instant) =>
        Assert.Equal(At(instant), Berlin.ToInstant(At(clock)));

    [Fact]
    public void A_wall_clock_is_read_in_another_zone() =>
        Assert.Equal(At("2026-03-28T21:30:00"), Berlin.ConvertWallClock(At("2026-03-29T02:30:00"), NewYork));

    [Fact]
    public void Values_outside_of_the_years_1_to_9999_are_pulled_to_their_ends()
    {
        Assert.Equal(ZoneRules.MaxMicroseconds, Berlin.ToWallClock(ZoneRules.MaxMicroseconds));
        Assert.Equal(ZoneRules.MaxMicroseconds, Berlin.ToWallClock(long.MaxValue));
        Assert.Equal(ZoneRules.MinMicroseconds, NewYork.ToWallClock(long.MinValue));
        Assert.Equal(ZoneRules.MinMicroseconds, Berlin.ToInstant(ZoneRules.MinMicroseconds));
        Assert.Equal(ZoneRules.MaxMicroseconds, NewYork.ToInstant(long.MaxValue));
    }

    [Theory]
    [InlineData("europe/berlin")]
    [InlineData("UTC+05")]
    [InlineData("Mars/Olympus")]
    [InlineData("")]
    public void Names_that_are_not_IANA_names_are_unknown(string name) => Assert.Null(ZoneRules.Find(name));

    [Fact]
    public void Every_zone_agrees_with_the_database_around_its_clock_changes()
    {
        const int seed = 20260329;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (var name in ZoneRules.Names)
        {
            var rules = ZoneRules.Find(name)!;
            var zone = DateTimeZoneProviders.Tzdb[name];
            var changes = zone.GetZoneIntervals(Instant.FromUtc(1890, 1, 1, 0, 0), Instant.FromUtc(2045, 1, 1, 0, 0)).Where(interval => interval.HasStart).ToArray();
            for (var draw = 0; draw < 60; draw++)
            {
                var around = changes.Length > 0 && draw % 4 != 0 ? changes[random.Next(changes.Length)].Start : Instant.FromUtc(random.Next(1, 9999), 6, 1, 0, 0);
                var micros = (around.ToUnixTimeTicks() / 10) + random.NextInt64(-200_000_000_000, 200_000_000_000);
                var instant = Instant.FromUnixTimeTicks(micros * 10);
                Assert.Equal(Micros(instant.InZone(zone).LocalDateTime), rules.ToWallClock(micros));
                var local = instant.InUtc().LocalDateTime;
                var expected = zone.ResolveLocal(local, Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnForwardShifted));
                Assert.Equal(expected.ToInstant().ToUnixTimeTicks() / 10, rules.ToInstant(micros));
            }
        }
    }

    private static long Micros(LocalDateTime local) => local.InUtc().ToInstant().ToUnixTimeTicks() / 10;

    private static long At(string text) => (DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal).Ticks - DateTime.UnixEpoch.Ticks) / 10;
}
