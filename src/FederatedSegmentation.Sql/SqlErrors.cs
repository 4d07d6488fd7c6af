using System.Globalization;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql.Compilation;

namespace FederatedSegmentation.Sql;

/// <summary>What can go wrong while SQL is written.</summary>
internal static class SqlErrors
{
    /// <summary>The statement is larger than its reader takes.</summary>
    internal static FederatedSegmentationException StatementTooLarge(string dialect, int bytes, int limit) => new(new Problem
    {
        Code = PlanCompiler.StatementTooLarge,
        Stage = Stage.Compile,
        Message = string.Create(CultureInfo.InvariantCulture, $"A statement for {dialect} has {bytes:N0} bytes; {limit:N0} is the limit."),
        Hint = "Move long lists of keys or values into a file, or split the segment.",
    });

    /// <summary>Planning sent something to a dialect that its capabilities exclude.</summary>
    internal static FederatedSegmentationException Unsupported(string dialect, string what) => new(new Problem
    {
        Code = "INT002",
        Stage = Stage.Compile,
        Message = $"{dialect} cannot answer {what}, though planning asked for it.",
        Hint = "This is a defect of the gateway; please report it with the output of explain.",
    });
}
