using System.Runtime.CompilerServices;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>A part of a result that can be fetched on its own.</summary>
/// <param name="Number">Its number, by which errors name it.</param>
/// <param name="Bytes">How many bytes it takes in memory, as declared.</param>
/// <param name="Rows">How many rows it has, as declared, or null.</param>
public sealed record ResultPart(int Number, long Bytes, long? Rows);

/// <summary>A part that was fetched.</summary>
/// <typeparam name="T">What it was made into; disposed of when nobody reads it.</typeparam>
/// <param name="Part">Which.</param>
/// <param name="Rows">How many rows it really has.</param>
/// <param name="Value">What it was made into.</param>
public readonly record struct FetchedPart<T>(ResultPart Part, long Rows, T Value)
    where T : IDisposable;

/// <summary>Fetches the parts of a result side by side, with a bounded number and bounded bytes in flight.</summary>
public static class ParallelParts
{
    /// <summary>The parts, each as soon as it may be given. A part counts as in flight until the reader asks for the next one.</summary>
    /// <typeparam name="T">What a part is made into.</typeparam>
    /// <param name="parts">The parts; they are started in this order.</param>
    /// <param name="fetch">Fetches one; the token fires when the reader has gone or another part has failed.</param>
    /// <param name="budget">The bytes in flight, shared with other statements.</param>
    /// <param name="parallelism">The most parts that are fetched at once, at least 1.</param>
    /// <param name="inOrder">Whether to give them in the order of the list; else as they come.</param>
    /// <param name="wrongCount">Makes the error for a part whose rows are not as many as declared.</param>
    /// <param name="cancellationToken">Ends all of it.</param>
    public static async IAsyncEnumerable<FetchedPart<T>> FetchAsync<T>(
        IReadOnlyList<ResultPart> parts,
        Func<ResultPart, CancellationToken, Task<FetchedPart<T>>> fetch,
        ByteBudget budget,
        int parallelism,
        bool inOrder,
        Func<FetchedPart<T>, Exception> wrongCount,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IDisposable
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var flight = new List<(Task<FetchedPart<T>> Fetching, ByteBudget.Share Share)>();
        var next = 0;
        ByteBudget.Share? asked = null;
        ByteBudget.Share? given = null;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (next < parts.Count && flight.Count < parallelism)
                {
                    asked ??= budget.Ask(parts[next].Bytes);
                    if (flight.Count == 0 && given is null)
                    {
                        budget.Insist(asked);
                    }

                    if (!asked.Ready.IsCompleted)
                    {
                        break;
                    }

                    flight.Add((fetch(parts[next++], stop.Token), asked));
                    asked = null;
                }

                if (flight.Count == 0)
                {
                    yield break;
                }

                // A failed part ends the result at once, also before its turn.
                var ready = flight.FindIndex(part => part.Fetching.IsFaulted || part.Fetching.IsCanceled);
                if (ready < 0)
                {
                    ready = inOrder ? (flight[0].Fetching.IsCompleted ? 0 : -1) : flight.FindIndex(part => part.Fetching.IsCompleted);
                }

                if (ready < 0)
                {
                    // What is waited for may complete at any moment: it is not left out for that, or nothing would wake this up.
                    var pending = flight.Where((part, i) => !inOrder || i == 0 || !part.Fetching.IsCompletedSuccessfully).Select(part => (Task)part.Fetching);
                    await Task.WhenAny(asked is null ? pending : pending.Append(asked.Ready)).WaitAsync(cancellationToken).ConfigureAwait(false);
                    continue;
                }

                FetchedPart<T> fetched;
                (var fetching, given) = flight[ready];
                flight.RemoveAt(ready);
                fetched = await fetching.ConfigureAwait(false);
                if (fetched.Part.Rows is { } declared && declared != fetched.Rows)
                {
                    fetched.Value.Dispose();
                    throw wrongCount(fetched);
                }

                yield return fetched;
                budget.GiveBack(given);
                given = null;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var (fetching, share) in flight)
            {
                await ((Task)fetching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (fetching.IsCompletedSuccessfully)
                {
                    var unread = await fetching.ConfigureAwait(false);
                    unread.Value.Dispose();
                }

                budget.GiveBack(share);
            }

            if (asked is not null)
            {
                budget.GiveBack(asked);
            }

            if (given is not null)
            {
                budget.GiveBack(given);
            }
        }
    }
}
