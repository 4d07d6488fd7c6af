using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Membership.Writing;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Membership;

/// <summary>
/// The output of a run, opened before any source is asked so that a place that cannot be written costs nothing. Either
/// <see cref="WriteAsync"/> takes the members, or (<see cref="IsWrittenByEngine"/>) the engine writes <see cref="TemporaryPath"/> itself; then
/// <see cref="Commit"/> makes the file appear. Disposing of it without a commit leaves nothing behind. Not safe for concurrent use.
/// </summary>
/// <example>
/// <code>
/// using var output = MembershipOutput.Open(target);
/// // … the fragments run …
/// if (output.IsWrittenByEngine) { /* COPY (…) TO 'output.TemporaryPath' (FORMAT parquet, USE_TMP_FILE false) */ }
/// else { members = await output.WriteAsync(columns, batches, cancellationToken); }
/// output.Commit();
/// </code>
/// </example>
public sealed class MembershipOutput : IDisposable
{
    private readonly MembershipTarget _target;
    private readonly AtomicFile? _file;

    private MembershipOutput(MembershipTarget target, AtomicFile? file)
    {
        _target = target;
        _file = file;
    }

    /// <summary>Whether the engine writes the file (Parquet) rather than <see cref="WriteAsync"/>.</summary>
    public bool IsWrittenByEngine => _target.Format == MembershipFormat.Parquet;

    /// <summary>
    /// The absolute path that is written before it is renamed, which the engine must be allowed to write where it does; null for a stream. The file
    /// exists and is empty: an engine must write it in place.
    /// </summary>
    public string? TemporaryPath => _file?.TemporaryPath;

    /// <summary>Checks that the target can be written and makes its temporary file.</summary>
    /// <exception cref="FederatedSegmentationException">OUT…: it cannot be written.</exception>
    /// <exception cref="ArgumentException">Parquet to a stream.</exception>
    public static MembershipOutput Open(MembershipTarget target) => target switch
    {
        MembershipFile file => new MembershipOutput(target, AtomicFile.Create(file.Path, file.DisplayName)),
        MembershipStream { Format: MembershipFormat.Parquet } => throw new ArgumentException("Parquet needs a file.", nameof(target)),
        MembershipStream => new MembershipOutput(target, null),
        _ => throw new ArgumentException($"Unknown target {target.GetType().Name}.", nameof(target)),
    };

    /// <summary>Writes all members. Batches are disposed of as they are written; memory does not grow with their number.</summary>
    /// <param name="columns">The output columns.</param>
    /// <param name="batches">The members in key order: one column per output column, by position, in the natural storage of its type.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The number of members.</returns>
    /// <exception cref="FederatedSegmentationException">OUT…: it cannot be written whole.</exception>
    public async Task<long> WriteAsync(ImmutableArray<MembershipColumn> columns, IAsyncEnumerable<RecordBatch> batches, CancellationToken cancellationToken)
    {
        if (IsWrittenByEngine)
        {
            throw new InvalidOperationException("The engine writes Parquet.");
        }

        Stream? opened = null;
        try
        {
            opened = Guarded(() => _file?.Open());
            var stream = new GuardedStream(opened ?? ((MembershipStream)_target).Stream, Place);
            var writer = MembershipWriter.Create(_target.Format, columns, stream);
            long members = 0;
            await writer.BeginAsync(cancellationToken).ConfigureAwait(false);
            await foreach (var batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                using (batch)
                {
                    await writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                    members += batch.RowCount;
                }
            }

            await writer.EndAsync(cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            return members;
        }
        finally
        {
            // Unbuffered: closing writes nothing, so it cannot fail for want of space.
            opened?.Dispose();
        }
    }

    /// <summary>Makes the file appear under its name, flushed to the disk. Does nothing for a stream.</summary>
    /// <exception cref="FederatedSegmentationException">OUT…: it could not be written whole; what stood under the name is as it was.</exception>
    public void Commit() => _file?.Commit();

    /// <summary>Removes the temporary file, unless it was committed.</summary>
    public void Dispose() => _file?.Dispose();

    private string Place => _target switch
    {
        MembershipFile file => file.DisplayName,
        MembershipStream stream => stream.DisplayName,
        _ => "output",
    };

    private T Guarded<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception problem) when (OutputFailure.IsOne(problem))
        {
            throw OutputFailure.Typed(problem, Place);
        }
    }
}
