using System.Collections.Immutable;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Membership.Writing;

/// <summary>Writes batches of members to a stream in one format.</summary>
internal abstract class MembershipWriter
{
    /// <summary>The writer of a format.</summary>
    internal static MembershipWriter Create(MembershipFormat format, ImmutableArray<MembershipColumn> columns, Stream stream) => format switch
    {
        MembershipFormat.Csv => new CsvWriter(columns, stream),
        MembershipFormat.JsonLines => new JsonLinesWriter(columns, stream),
        MembershipFormat.ArrowStream => new ArrowWriter(columns, stream),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "The engine writes this format."),
    };

    /// <summary>What comes before the first member.</summary>
    internal abstract Task BeginAsync(CancellationToken cancellationToken);

    /// <summary>The members of a batch, one column per output column.</summary>
    internal abstract Task WriteAsync(RecordBatch batch, CancellationToken cancellationToken);

    /// <summary>What comes after the last member; hands everything to the stream.</summary>
    internal abstract Task EndAsync(CancellationToken cancellationToken);
}
