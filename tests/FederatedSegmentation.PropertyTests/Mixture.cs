using FederatedSegmentation.Conformance.Generation;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Which cases a run makes: mostly ordinary ones, and by turns those that hold what only some sources store or what may end in a data error.</summary>
internal static class Mixture
{
    /// <summary>The options of one seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="nulCharacters">Whether every source of the run stores U+0000.</param>
    public static GeneratorOptions Of(int seed, bool nulCharacters) => GeneratorOptions.Default with
    {
        NulCharacters = nulCharacters && seed % 5 == 0,
        Infinity = seed % 3 == 0,
        MomentsInLeaves = seed % 2 == 0,
        ExtremeTimes = seed % 7 == 0,
        DataErrors = seed % 4 == 0 ? 0.4 : 0,
    };
}
