using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors;

/// <summary>
/// A session whose refusals name the grants that are missing: what the source says of a refused statement is only a number, and which tables the statement
/// reads is known here. Works the same over the vendor's protocol and through a driver.
/// </summary>
/// <param name="inner">The session that reads.</param>
/// <param name="hint">What to do about a refusal of a statement that reads these tables; null where the refusal has another reason, or says it already.</param>
public sealed class GrantNamingSession(ISourceSession inner, Func<SourceException, ImmutableArray<ImmutableArray<string>>, string?> hint) : ISourceSession
{
    /// <inheritdoc />
    public async Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken)
    {
        try
        {
            return new Statement(await inner.SubmitAsync(fragment, cancellationToken).ConfigureAwait(false), refused => Named(refused, fragment));
        }
        catch (SourceException refused) when (Named(refused, fragment) is { } named)
        {
            throw named;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private SourceException? Named(SourceException refused, CompiledFragment fragment)
        => refused.Problems is [{ Code: SourceErrorCodes.PermissionDenied or SourceErrorCodes.TableMissing } problem] && !fragment.Tables.IsEmpty && hint(refused, fragment.Tables) is { } grants
            ? new SourceException(problem with { Hint = grants }, refused) { Submission = refused.Submission, NativeCode = refused.NativeCode }
            : null;

    // Some sources refuse a statement only when its result is fetched.
    private sealed class Statement(ISourceStatement inner, Func<SourceException, SourceException?> named) : ISourceStatement
    {
        public ArrowSchema Schema => inner.Schema;

        public async IAsyncEnumerable<RecordBatch> FetchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var batches = inner.FetchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using var ending = batches.ConfigureAwait(false);
            while (true)
            {
                try
                {
                    if (!await batches.MoveNextAsync().ConfigureAwait(false))
                    {
                        yield break;
                    }
                }
                catch (SourceException refused) when (named(refused) is { } better)
                {
                    throw better;
                }

                yield return batches.Current;
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
