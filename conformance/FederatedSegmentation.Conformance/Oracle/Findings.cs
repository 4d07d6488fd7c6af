using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Oracle;

/// <summary>What the evaluation met besides truth: data errors that a plan might have avoided, and outcomes that the language leaves open.</summary>
internal sealed class Findings
{
    private readonly SortedSet<string> _dataErrors = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unspecified = new(StringComparer.Ordinal);
    private readonly List<EntityPath> _promises = [];

    public IReadOnlyCollection<string> DataErrors => _dataErrors;

    public IReadOnlyCollection<string> Unspecified => _unspecified;

    /// <summary>Notes a path whose to-one promise matters: a broken one is a data error.</summary>
    public void NotePromise(EntityPath path) => _promises.Add(path);

    /// <summary>The paths noted since the last call.</summary>
    public IReadOnlyList<EntityPath> TakePromises()
    {
        var promises = _promises.ToList();
        _promises.Clear();
        return promises;
    }

    public void AddDataError(string message) => _dataErrors.Add(message);

    public void MarkUnspecified(string message) => _unspecified.Add(message);
}
