namespace FederatedSegmentation.Planning.Time;

/// <summary>The units of windows and shifts.</summary>
public enum TimeUnit
{
    /// <summary>60 seconds, exact.</summary>
    Minute,

    /// <summary>3,600 seconds, exact.</summary>
    Hour,

    /// <summary>A local calendar day, of 23 to 25 hours.</summary>
    Day,

    /// <summary>Seven local days, from the start of the week that the definition chooses.</summary>
    Week,

    /// <summary>A local calendar month.</summary>
    Month,

    /// <summary>Three local months, from January, April, July or October.</summary>
    Quarter,

    /// <summary>A local calendar year.</summary>
    Year,
}
