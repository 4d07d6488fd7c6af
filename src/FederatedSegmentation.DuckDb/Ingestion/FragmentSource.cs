using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>Takes the next batch of a fragment; null is the end. The engine owns the batch from then on and disposes of it.</summary>
/// <param name="cancellationToken">
/// Fires when the reading statement is cancelled; waiting must stop then. The call is made on a thread of the engine and may block.
/// </param>
public delegate RecordBatch? FragmentPull(CancellationToken cancellationToken);

/// <summary>A stream of batches that a statement can read as a table. An exception of <paramref name="Pull"/> ends the statement and is rethrown to its caller.</summary>
/// <param name="Schema">The columns of every batch; at least one.</param>
/// <param name="EstimatedRows">Rows expected, for the engine's plan; null when nobody knows.</param>
/// <param name="Pull">Takes the next batch.</param>
public sealed record FragmentSource(ArrowSchema Schema, long? EstimatedRows, FragmentPull Pull);

/// <summary>A fragment that statements can name. Disposing of it takes the name away; a statement that reads it already goes on.</summary>
public sealed class FragmentRegistration : IDisposable
{
    private readonly FragmentCatalog _catalog;
    private readonly Func<FragmentRead> _open;

    internal FragmentRegistration(FragmentCatalog catalog, long token, FragmentDescription description, Func<FragmentRead> open)
    {
        _catalog = catalog;
        _open = open;
        Token = token;
        Description = description;
    }

    /// <summary>What stands in a FROM clause: <c>fedseg_fragment(token)</c>. The token cannot be guessed.</summary>
    public string TableExpression => FormattableString.Invariant($"{FragmentFunction.Name}({Token})");

    internal long Token { get; }

    internal FragmentDescription Description { get; }

    /// <summary>Starts to read.</summary>
    /// <exception cref="DuckDbException">It can be read once, and was.</exception>
    internal FragmentRead Open() => _open();

    /// <inheritdoc/>
    public void Dispose() => _catalog.Remove(Token);
}

/// <summary>What a statement is planned with.</summary>
/// <param name="Schema">The columns.</param>
/// <param name="Rows">Rows expected; null when nobody knows.</param>
/// <param name="IsExact">Whether that is their number.</param>
internal sealed record FragmentDescription(ArrowSchema Schema, long? Rows, bool IsExact);
