using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Time cut into cells of one width, such that of a band of time only the cells count: two times of one cell are near enough whenever they are in order,
/// two of different cells are in order whenever they are near enough, and no match reaches further than <see cref="Reach"/> cells.
/// </summary>
/// <param name="Width">In microseconds, at least 1; null where the band is endless, and all of time is one cell.</param>
/// <param name="Reach">How many cells beside its own one row has to look at.</param>
internal sealed record TimeGrid(long? Width, int Reach)
{
    // Each cell is one more look-up of each row.
    private const int MostCells = 2;
    private const long Day = 86_400_000_000;

    /// <summary>The grid of a band; null where there is none, because its least length is too short beside its greatest.</summary>
    public static TimeGrid? Of(TimeBand band)
    {
        if (band.Within is not { } within)
        {
            return new TimeGrid(Width: null, Reach: 0);
        }

        // From the earlier time with the gap added: s + gap + width ≤ s + within for every s, and s + within − (s + gap) ≤ reach.
        var gap = band.GapMinimum ?? new Duration(0, 0);
        var (width, reach) = (Shortest(within) - Longest(gap), Longest(within) - Shortest(gap));
        if (width == 0 && reach == 0)
        {
            return new TimeGrid(Width: 1, Reach: 0);
        }

        return width > 0 && reach <= MostCells * width ? new TimeGrid(width, (int)((reach + width - 1) / width)) : null;
    }

    private static long Shortest(Duration duration) => checked(duration.Microseconds + (duration.Months * 28 * Day));

    private static long Longest(Duration duration) => checked(duration.Microseconds + (duration.Months * 31 * Day));
}
