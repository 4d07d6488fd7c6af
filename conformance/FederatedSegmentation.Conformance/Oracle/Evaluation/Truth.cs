namespace FederatedSegmentation.Conformance.Oracle.Evaluation;

/// <summary>
/// Predicates are two-valued; the third value says that the answer hangs on data that break a promise of the model. It spreads as an unknown does,
/// so that a result which does not hang on the bad data stays a result.
/// </summary>
internal enum Truth
{
    False,
    True,
    DataError,
}

internal static class TruthTables
{
    public static Truth Of(bool holds) => holds ? Truth.True : Truth.False;

    public static Truth Not(this Truth truth) => truth switch
    {
        Truth.True => Truth.False,
        Truth.False => Truth.True,
        _ => Truth.DataError,
    };

    public static Truth And(this Truth left, Truth right) =>
        left == Truth.False || right == Truth.False ? Truth.False
        : left == Truth.DataError || right == Truth.DataError ? Truth.DataError
        : Truth.True;

    public static Truth Or(this Truth left, Truth right) =>
        left == Truth.True || right == Truth.True ? Truth.True
        : left == Truth.DataError || right == Truth.DataError ? Truth.DataError
        : Truth.False;
}
