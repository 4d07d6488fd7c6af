using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql.Dialects;

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
        DuckDbErrorKind.DiskFull when !failure.Message.Contains(".fedseg-", StringComparison.Ordinal) => Of(
            failure, "RES004", "The disk to which the engine spills is full.", "Make room, or name a folder on another disk in Engine:DuckDb:TempDirectory."),
        DuckDbErrorKind.Library => Of(
            failure, "CFG021", "The embedded engine cannot be loaded on this machine.", "Build again on this machine, so that the library of its platform is fetched."),
        _ => DataError(failure) ?? (Exception?)Overflow(failure) ?? new EngineFailure(failure, misfit: null),
    };

    // Errors that our own SQL raises: FEDSEG|code|subject…
    private static Exception? DataError(DuckDbException failure)
    {
        var start = failure.Message.IndexOf(DuckDbDialect.DataErrorPrefix + "|", StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var parts = failure.Message[start..].Split('\n')[0].Split('|');
        return parts switch
        {
            [_, "DAT001", var entity, var column, ..] => new EngineFailure(failure, (entity, column)),
            [_, var code, var subject, ..] => Of(failure, code, $"The data break a promise of the model: {subject}.", "Correct the data, or the promise in the model."),
            _ => null,
        };
    }

    private static FederatedSegmentationException? Overflow(DuckDbException failure) => failure.Kind == DuckDbErrorKind.OutOfRange
        ? Of(failure, "DAT004", "A sum or an average needs more than 38 digits.", "Declare a smaller type, or exclude the rows with such values.")
        : null;

    private static FederatedSegmentationException Of(DuckDbException failure, string code, string message, string hint)
        => new(new Problem { Code = code, Stage = Stage.Residual, Message = message, Hint = hint }, failure);
}
