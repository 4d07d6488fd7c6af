using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;
using FederatedSegmentation.Sql.Writing;

namespace FederatedSegmentation.Connectors.Keys;

/// <summary>A statement that makes, fills or drops a table of keys.</summary>
/// <param name="Sql">Its text.</param>
/// <param name="Keys">The keys that it reads from a parameter, as an array; null where it names none.</param>
/// <param name="Fragment">The fragment whose keys they are.</param>
public sealed record KeyTableStatement(string Sql, SentKeys? Keys, string Fragment)
{
    /// <summary>What it is, to be read inside a sentence.</summary>
    public string What => $"the table of keys of fragment {Fragment}";
}

/// <summary>
/// A session of a source with a scratch schema: keys that are too many for a statement are written to a table of their own there, which is dropped when the
/// fragment has ended, failed or was cancelled. Nothing else is ever written.
/// </summary>
/// <param name="inner">The session that reads.</param>
/// <param name="source">The source's name.</param>
/// <param name="dialect">Its dialect.</param>
/// <param name="nameOf">The parts of the name of a table in the scratch schema.</param>
/// <param name="execute">Runs a statement to its end; when that is cancelled, it has ended too, or had its time to.</param>
/// <param name="warn">Hears of tables that could not be dropped; null for nobody.</param>
/// <param name="clock">The clock.</param>
public sealed class KeyTableSession(
    ISourceSession inner,
    string source,
    SqlDialect dialect,
    Func<string, ImmutableArray<string>> nameOf,
    Func<KeyTableStatement, CancellationToken, Task> execute,
    Action<string>? warn,
    TimeProvider clock) : ISourceSession
{
    private static readonly TimeSpan DropPatience = TimeSpan.FromSeconds(10);

    // Where a source forgets tables by itself; no run takes longer.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>The rung of sources with a scratch schema. The keys are held in memory while they are written.</summary>
    public static KeyRung Rung { get; } = new(KeyPassage.Table, 1_000_000, 64_000_000, 6);

    /// <summary>What a source offers for keys.</summary>
    /// <param name="known">What its dialect can do.</param>
    /// <param name="hasScratch">Whether tables of keys may be made.</param>
    /// <param name="last">The last passage that its transport can take without a table; a transport that takes no arrays fills no tables.</param>
    public static Capabilities Offered(Capabilities known, bool hasScratch, KeyPassage last)
    {
        ImmutableArray<KeyRung> rungs = [.. known.KeyRungs.Where(rung => rung.Passage <= last)];
        return known with { KeyRungs = hasScratch && last == KeyPassage.Array ? rungs.Add(Rung) : rungs };
    }

    /// <inheritdoc />
    public async Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken)
    {
        if (fragment.Keys is not { Passage: KeyPassage.Table } keys)
        {
            return await inner.SubmitAsync(fragment, cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var name = dialect.QuoteName(nameOf(keys.Name));
        try
        {
            await execute(new KeyTableStatement(dialect.CreateKeyTable(name, keys.Storages, clock.GetUtcNow() + Lifetime), null, fragment.Fragment), cancellationToken).ConfigureAwait(false);
            foreach (var batch in Batches(keys))
            {
                await execute(Insert(name, batch, fragment.Fragment), cancellationToken).ConfigureAwait(false);
            }

            return new Statement(await inner.SubmitAsync(fragment, cancellationToken).ConfigureAwait(false), () => DropAsync(name, fragment.Fragment));
        }
        catch
        {
            await DropAsync(name, fragment.Fragment).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private KeyTableStatement Insert(string name, SentKeys batch, string fragment)
    {
        ImmutableArray<string> columns = [.. batch.Storages.Select((_, i) => FormattableString.Invariant($"c{i}"))];
        var rows = dialect.ReadKeys(new KeyListPlan(batch.Keys, []) { Passage = KeyPassage.Array, PassageName = batch.Name }, batch.Storages, columns, "k");
        var select = SqlWriter.Write(new SqlStatement([], rows), dialect, dialect.Capabilities.MaxStatementBytes);
        return new KeyTableStatement($"INSERT INTO {name} ({string.Join(", ", columns.Select(dialect.QuoteIdentifier))})\n{select}", batch, fragment);
    }

    // As many keys at a time as the source takes in one array.
    private IEnumerable<SentKeys> Batches(SentKeys keys)
    {
        var rung = dialect.Capabilities.KeyRungs.Single(rung => rung.Passage == KeyPassage.Array);
        var batch = ImmutableArray.CreateBuilder<ImmutableArray<Literal>>();
        long values = 0, bytes = 0;
        foreach (var key in keys.Keys)
        {
            var more = key.Sum(SentKeys.TextBytesOf);
            if (batch.Count > 0 && !rung.Takes(values + key.Length, bytes + more))
            {
                yield return keys with { Passage = KeyPassage.Array, Name = "keys", Keys = batch.ToImmutable() };
                batch.Clear();
                (values, bytes) = (0, 0);
            }

            batch.Add(key);
            (values, bytes) = (values + key.Length, bytes + more);
        }

        yield return keys with { Passage = KeyPassage.Array, Name = "keys", Keys = batch.ToImmutable() };
    }

    // Whatever became of the statements before: the table may be there.
    private async ValueTask DropAsync(string name, string fragment)
    {
        using var patience = new CancellationTokenSource(DropPatience, clock);
        try
        {
            await execute(new KeyTableStatement($"DROP TABLE IF EXISTS {name}", null, fragment), patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is FederatedSegmentationException or OperationCanceledException)
        {
            // What the run came to does not depend on it, but somebody has to clean up.
            warn?.Invoke($"The table of keys {name} at {source} may still be there: {(failure as FederatedSegmentationException)?.Problems[0].Message ?? "it could not be dropped in time."} Drop it.");
        }
    }

    private sealed class Statement(ISourceStatement inner, Func<ValueTask> drop) : ISourceStatement
    {
        private int _disposed;

        public ArrowSchema Schema => inner.Schema;

        public IAsyncEnumerable<RecordBatch> FetchAsync(CancellationToken cancellationToken) => inner.FetchAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                await inner.DisposeAsync().ConfigureAwait(false);
                await drop().ConfigureAwait(false);
            }
        }
    }
}
