using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Planning.Reduction;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>Runs a case whose statement is as long as its source takes, or longer: by how much a text makes it longer is seen from explain.</summary>
internal static class FilledRunner
{
    private const int Probe = 1_000;
    private const int LettersOfOneSegment = 900_000;
    private const int Around = 2_000;

    /// <summary>Runs a case.</summary>
    public static async Task<CaseResult> RunAsync(SourceUnderTest source, ConformanceGroup group, ConformanceCase asked, ImmutableArray<CaseTable> tables, CancellationToken cancellationToken)
    {
        var capabilities = source.Connector.Capabilities;
        if (capabilities.RunsInEngine)
        {
            return new CaseResult(group, asked, CaseOutcome.DoesNotApply, "the engine reads files itself, so no statement is sent");
        }

        try
        {
            var copies = (await BytesAsync(source, group.Filled(asked, [Probe]), tables, cancellationToken).ConfigureAwait(false) - await BytesAsync(source, group.Filled(asked, [0]), tables, cancellationToken).ConfigureAwait(false)) / Probe;
            if (copies == 0)
            {
                return new CaseResult(group, asked, CaseOutcome.Failed, "the text is not in the statement");
            }

            // Nearly as many letters as there is room for; what is missing is known when they are written.
            var room = capabilities.MaxStatementBytes / copies;
            var texts = Math.Max(2, (room / LettersOfOneSegment) + 1);
            var letters = Enumerable.Repeat((room / texts) - Around, texts).ToArray();
            var missing = capabilities.MaxStatementBytes - await BytesAsync(source, group.Filled(asked, letters), tables, cancellationToken).ConfigureAwait(false);
            letters[^1] += (missing / copies) + asked.Fills!.Value;
            var filled = group.Filled(asked, letters);
            using var folder = await GroupFolder.CreateAsync(filled, tables, source, cancellationToken).ConfigureAwait(false);
            var pushing = folder.Open(capabilities, ReductionPolicy.Default);
            await using var endOfPushing = pushing.ConfigureAwait(false);
            var fetching = folder.Open(CapabilityTable.RowsOnly(capabilities), ReductionPolicy.Default);
            await using var endOfFetching = fetching.ConfigureAwait(false);
            var result = await new CaseRunner(source, filled, folder, pushing, fetching).RunAsync(filled.Cases[0], cancellationToken).ConfigureAwait(false);

            // Megabytes of one letter are nothing to read.
            return result with { Group = group, Case = asked, Pushed = Shortened(result.Pushed), Fetched = Shortened(result.Fetched) };
        }
        catch (FederatedSegmentationException failure)
        {
            var problem = failure.Problems[0];
            return new CaseResult(group, asked, WayRunner.IsMissing(problem) ? CaseOutcome.NotRun : CaseOutcome.Failed, $"{problem.Code}: {problem.Message.TrimEnd('.')}");
        }
    }

    private static async Task<int> BytesAsync(SourceUnderTest source, ConformanceGroup filled, ImmutableArray<CaseTable> tables, CancellationToken cancellationToken)
    {
        using var folder = await GroupFolder.CreateAsync(filled, tables, source, cancellationToken).ConfigureAwait(false);
        var gateway = folder.Open(source.Connector.Capabilities, ReductionPolicy.Default);
        await using var end = gateway.ConfigureAwait(false);
        var plan = await gateway.ExplainAsync(new ExplainRequest(new SegmentById(filled.Cases[0].Id), null, Settings.EngineKind.DuckDb, source.Deadline), cancellationToken).ConfigureAwait(false);
        return plan.Fragments.Sum(fragment => Encoding.UTF8.GetByteCount(fragment.Sql));
    }

    private static CaseWay? Shortened(CaseWay? way) => way is null ? null : way with { Statements = [.. way.Statements.Select(statement => statement.Length > Probe ? statement[..Probe] + " …" : statement)] };
}
