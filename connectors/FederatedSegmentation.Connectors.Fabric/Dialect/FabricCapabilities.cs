using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Connectors.Fabric.Dialect;

/// <summary>What T-SQL in Fabric answers exactly.</summary>
internal static class FabricCapabilities
{
    /// <summary>The capabilities.</summary>
    internal static readonly Capabilities Known = new()
    {
        RunsInEngine = false,
        PlainComparison = Support.Full("the source compares these values as the language does"),
        TextEquality = Support.Full("the binary collation compares bytes but for trailing spaces, and lengths are compared as well"),
        TextOrder = Support.None("T-SQL pads texts with spaces before it orders them, so the order is not that of bytes"),
        TextMatch = Support.Full("CHARINDEX and bytes at the start or end compare literally under the binary collation"),
        AsciiFolding = Support.Full("TRANSLATE folds A to Z and nothing else under the binary collation"),
        NulInText = Support.None("whether a statement may hold U+0000 is not documented"),
        FloatComparison = Support.Recheck("floats compare as IEEE 754 numbers; what becomes of a NaN in files behind an endpoint is not documented"),
        MixedExactComparison = Support.Full("both sides are cast to a decimal that holds them"),
        TemporalComparison = Support.Full("dates and datetime2 have at most microseconds and no zone"),
        BinaryComparison = Support.None("whether trailing zero bytes count in a comparison is not documented"),
        DateParts = Support.Full("DATEPART on a value without a zone needs no rules"),
        DurationArithmetic = Support.None("DATEADD fails beyond the year 9999, where the language goes on counting"),
        ZoneConversion = Support.None("time-zone rules differ between databases: the engine applies one pinned set"),
        Joins = Support.Full("both sides are in this source: an EXISTS or join there"),
        Grouping = Support.Full("grouping there, only keys and aggregates travel; texts are grouped with their lengths"),
        ExactSum = Support.Full("decimals sum exactly up to 38 digits"),
        AverageComparison = Support.None("T-SQL rounds products of more than 38 digits"),
        FloatAggregates = Support.Full("sums of floats in any order are allowed"),
        Guards = Support.None("T-SQL has no way to raise a data error inside a SELECT"),
        Windows = Support.Full("ROW_NUMBER is exact with a total order"),
        SetOperations = Support.Full("UNION, INTERSECT and EXCEPT compare as DISTINCT does, texts with their lengths"),
        MaxListedValues = 500,
        KeyRungs = [new KeyRung(KeyPassage.List, 500, 450_000, 40), new KeyRung(KeyPassage.Array, 100_000, 4_000_000, 6)],
        // 65,536 packets of 4,096 bytes are the limit; lists end long before.
        MaxStatementBytes = 8_000_000,
        MaxRelations = 16,
    };
}
