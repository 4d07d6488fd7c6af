using FederatedSegmentation.Connectors;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Testing.Conformance;

/// <summary>What a server can be told to do wrong, once.</summary>
public enum Misbehaviour
{
    /// <summary>It refuses a statement because it has no room.</summary>
    Busy,

    /// <summary>It takes a statement, and the connection breaks instead of an answer.</summary>
    LoseAnswer,

    /// <summary>It starts late.</summary>
    StartLate,

    /// <summary>The first part of a result comes after the others.</summary>
    DelayPart,

    /// <summary>A part of a result has not the rows that were announced.</summary>
    LosePart,

    /// <summary>A part of a result ends early.</summary>
    CutPart,

    /// <summary>A part of a result is something else.</summary>
    ReplacePart,

    /// <summary>A link to a part of a result has expired.</summary>
    ExpireLink,

    /// <summary>The token expires while the statement runs.</summary>
    ExpireTokenRunning,

    /// <summary>The token expires while parts of the result are fetched.</summary>
    ExpireTokenFetching,
}

/// <summary>A local server that can be told to misbehave, and a connector over it. The numbers from 0 on are in a table there, and a result of them has several parts.</summary>
public interface IMisbehavingServer
{
    /// <summary>How many numbers there are.</summary>
    int Rows { get; }

    /// <summary>A statement that asks for all of them, as its one column, an int64.</summary>
    CompiledFragment Numbers { get; }

    /// <summary>A statement whose column is text, though it is said to be an int64.</summary>
    CompiledFragment Texts { get; }

    /// <summary>What no message may hold.</summary>
    string Secret { get; }

    /// <summary>A connector; the caller disposes of it.</summary>
    IRemoteSource Connect();

    /// <summary>Forgets what it was told before.</summary>
    Task ResetAsync();

    /// <summary>Tells it to misbehave.</summary>
    /// <param name="what">How.</param>
    /// <param name="retryAfter">The header that says when to come back, where it says so; null for none.</param>
    Task BeginAsync(Misbehaviour what, string? retryAfter);

    /// <summary>The misbehaviours that nobody has met yet.</summary>
    Task<int> WaitingAsync();

    /// <summary>How many statements it was sent since it was reset.</summary>
    Task<int> SubmissionsAsync();
}
