using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Execution;

/// <summary>A fragment to fetch.</summary>
/// <param name="Fragment">The fragment.</param>
/// <param name="Compiled">Its statement.</param>
/// <param name="Source">Where it runs.</param>
public sealed record FragmentTask(QueryFragment Fragment, CompiledFragment Compiled, IRemoteSource Source)
{
    /// <summary>Writes the statement with the keys that it waits for, when what it depends on was received; null where the fragment waits for nothing.</summary>
    public Func<CancellationToken, Task<CompiledFragment>>? CompileReduced { get; init; }
}

/// <summary>What a fragment did so far. Written by the executor only; reads from other threads see a recent state.</summary>
/// <param name="fragment">The fragment's id.</param>
public sealed class FragmentOutcome(string fragment)
{
    /// <summary>The fragment's id.</summary>
    public string Fragment { get; } = fragment;

    /// <summary>Rows received.</summary>
    public long Rows { get; internal set; }

    /// <summary>Bytes received, as columns in memory.</summary>
    public long Bytes { get; internal set; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; internal set; } = 1;

    /// <summary>How the keys of other fragments travelled; null where it waited for none.</summary>
    public KeyUse? Keys { get; internal set; }

    /// <summary>Time of waiting for admission, and for the keys of other fragments.</summary>
    public TimeSpan WaitTime { get; internal set; }

    /// <summary>Time from submitting until the first rows.</summary>
    public TimeSpan RunTime { get; internal set; }

    /// <summary>Time from the first rows until the last one was taken by the engine.</summary>
    public TimeSpan FetchTime { get; internal set; }
}

/// <summary>Where a fragment is.</summary>
public enum FragmentStep
{
    /// <summary>The source works on it.</summary>
    Running,

    /// <summary>Rows arrive.</summary>
    Fetching,

    /// <summary>All rows have arrived.</summary>
    Done,
}
