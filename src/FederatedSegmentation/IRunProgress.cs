using System.Collections.Immutable;

namespace FederatedSegmentation;

/// <summary>Hears what happens in a run. Calls come from any thread, also side by side; they must return at once and never throw.</summary>
public interface IRunProgress
{
    /// <summary>Takes one event.</summary>
    void Report(RunEvent runEvent);
}

/// <summary>Something that happened in a run. A closed hierarchy. No event holds a value of the customer's data.</summary>
public abstract record RunEvent
{
    private protected RunEvent()
    {
    }
}

/// <summary>The plan stands; its fragments start.</summary>
/// <param name="Run">The run's id, as the sources' operators see it.</param>
/// <param name="Fragments">All fragments, in plan order.</param>
public sealed record RunPlanned(string Run, ImmutableArray<PlannedFragment> Fragments) : RunEvent;

/// <summary>A fragment of the plan.</summary>
/// <param name="Id">For instance <c>F1</c>.</param>
/// <param name="Source">The data source.</param>
/// <param name="RunsInEngine">Whether the engine reads it itself as part of its statement, so that it has no progress of its own.</param>
public sealed record PlannedFragment(string Id, string Source, bool RunsInEngine);

/// <summary>A fragment went on. Sent at each change of state, and now and then (a few times a second at most) while rows arrive.</summary>
/// <param name="Fragment">The fragment's id.</param>
/// <param name="State">Where it is.</param>
/// <param name="Rows">Rows received so far.</param>
/// <param name="Bytes">Bytes received so far.</param>
/// <param name="Attempt">Which attempt runs, from 1.</param>
/// <param name="Waited">How long it has waited for admission so far.</param>
public sealed record FragmentProgress(string Fragment, FragmentState State, long Rows, long Bytes, int Attempt, TimeSpan Waited) : RunEvent;

/// <summary>Where a fragment is.</summary>
public enum FragmentState
{
    /// <summary>Waits for its turn at the source, or for another fragment's keys.</summary>
    Waiting,

    /// <summary>The source works on the statement.</summary>
    Running,

    /// <summary>Rows arrive.</summary>
    Fetching,

    /// <summary>All rows have arrived.</summary>
    Done,

    /// <summary>It ended with an error.</summary>
    Failed,
}

/// <summary>All fragments are there; the engine joins what is left, and the members are written as they come.</summary>
public sealed record ResidualStarted : RunEvent;

/// <summary>Something that somebody should look at; the run goes on.</summary>
/// <param name="Message">A sentence.</param>
public sealed record RunWarning(string Message) : RunEvent;

/// <summary>A listener that does nothing.</summary>
public sealed class NoProgress : IRunProgress
{
    /// <summary>The one instance.</summary>
    public static NoProgress Instance { get; } = new();

    /// <inheritdoc />
    public void Report(RunEvent runEvent)
    {
    }
}
