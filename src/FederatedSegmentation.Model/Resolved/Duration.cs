namespace FederatedSegmentation.Model.Resolved;

/// <summary>A length of time between two stored times: calendar months, or microseconds; exactly one of the two is not zero, but for no time at all.</summary>
/// <remarks>Days and weeks are exact, because they are counted in UTC or on one wall clock. Months clamp to the last day of the month.</remarks>
/// <param name="Months">Calendar months, 0 or more.</param>
/// <param name="Microseconds">Microseconds, 0 or more; whole days where the times are dates.</param>
public sealed record Duration(long Months, long Microseconds)
{
    /// <summary>Whether it is no time at all.</summary>
    public bool IsZero => Months == 0 && Microseconds == 0;
}
