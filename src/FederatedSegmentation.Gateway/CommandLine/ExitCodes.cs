using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>What the process says to its caller when it ends.</summary>
internal static class ExitCodes
{
    internal const int Done = 0;

    internal const int Cancelled = 130;

    /// <summary>The code of the first problem's kind: the others are of the same kind, or follow from it.</summary>
    internal static int Of(ImmutableArray<Problem> problems) => Of(problems[0].Kind);

    internal static int Of(ErrorKind kind) => kind switch
    {
        ErrorKind.Definition => 1,
        ErrorKind.Usage => 2,
        ErrorKind.Source or ErrorKind.Data => 3,
        ErrorKind.Resource => 4,
        ErrorKind.Deadline => 5,
        ErrorKind.Output => 6,
        ErrorKind.Cancelled => Cancelled,
        ErrorKind.Internal => 70,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
