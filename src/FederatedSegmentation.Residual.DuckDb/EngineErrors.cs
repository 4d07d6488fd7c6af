using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>What the engine's own failures mean to a user. Messages of the engine may quote values and are never passed on.</summary>
internal static class EngineErrors
{
    /// <summary>The typed form of a failure: of the engine's limits here, of the data that it read by <see cref="EngineFailure"/>.</summary>
    public static Exception Typed(DuckDbException failure) => failure.Kind switch
    {
        DuckDbErrorKind.OutOfMemory => Of(
            failure, "RES001", "The engine needs more memory than it may use and could not spill.", "Raise Engine:DuckDb:MemoryLimit, or name a folder in Engine:DuckDb:TempDirectory."),
        DuckDbErrorKind.TempSpaceExhausted => Of(
            failure, "RES002", "The engine spilled more than it may.", "Raise Engine:DuckDb:MaxTempSize, or allow more memory in Engine:DuckDb:MemoryLimit."),
        DuckDbErrorKind.Library => Of(
            failure, "CFG021", "The embedded engine cannot be loaded on this machine.", "Build again on this machine, so that the library of its platform is fetched."),
        _ => Overflow(failure) ?? new EngineFailure(failure),
    };

    private static FederatedSegmentationException? Overflow(DuckDbException failure) => failure.Kind == DuckDbErrorKind.OutOfRange
        ? Of(failure, "DAT004", "A sum or an average needs more than 38 digits.", "Declare a smaller type, or exclude the rows with such values.")
        : null;

    private static FederatedSegmentationException Of(DuckDbException failure, string code, string message, string hint)
        => new(new Problem { Code = code, Stage = Stage.Residual, Message = message, Hint = hint }, failure);
}
