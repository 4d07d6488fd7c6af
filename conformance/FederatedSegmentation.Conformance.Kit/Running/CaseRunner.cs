using System.Collections.Immutable;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Planning.Reduction;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>Runs one case in all ways and compares them.</summary>
internal sealed class CaseRunner(SourceUnderTest source, ConformanceGroup group, GroupFolder folder, ISegmentGateway pushing, ISegmentGateway fetching)
{
    private readonly WayRunner _ways = new(source, group);
    private readonly Capabilities _capabilities = source.Connector.Capabilities;

    /// <summary>Runs a case.</summary>
    public async Task<CaseResult> RunAsync(ConformanceCase asked, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var expected = group.Asking(asked).Evaluate();
        var cancelled = asked.Cancels is { } point ? await _ways.CancelAsync(pushing, asked, point, cancellationToken).ConfigureAwait(false) : null;
        var pushed = await _ways.GoAsync(pushing, asked, explains: true, cancellationToken).ConfigureAwait(false);
        if (pushed.Problem is { } missing && WayRunner.IsMissing(missing))
        {
            return new CaseResult(group, asked, CaseOutcome.NotRun, $"{missing.Code}: {missing.Message.TrimEnd('.')}") { Elapsed = TimeProvider.System.GetElapsedTime(started) };
        }

        var fetched = await _ways.GoAsync(fetching, asked, explains: true, cancellationToken).ConfigureAwait(false);
        var claim = ClaimOf(asked);
        var refusal = new[] { pushed, fetched }.Select(way => way.Problem is { } problem ? source.WhyStandInRefuses(problem) : null).FirstOrDefault(reason => reason is not null);
        var differences = refusal is null ? (asked.Refused is { } named ? Refusals(named, pushed, fetched) : Differences(asked, expected, claim, pushed, fetched)).Concat(cancelled is { } wrong ? [wrong] : []).ToList() : [];
        var outcome = refusal is not null ? CaseOutcome.NotRun : differences.Count > 0 ? CaseOutcome.Failed : CaseOutcome.Passed;
        return new CaseResult(group, asked, outcome, refusal ?? string.Join("; ", differences))
        {
            Claim = claim,
            Pushed = pushed,
            Fetched = fetched,
            Trusted = await TrustAsync(asked, claim, cancellationToken).ConfigureAwait(false),
            Elapsed = TimeProvider.System.GetElapsedTime(started),
        };
    }

    private PushdownVerdict? ClaimOf(ConformanceCase asked)
    {
        if (asked.Asks is not { } names)
        {
            return null;
        }

        var worst = names.Select(name => CapabilityTable.Of(_capabilities, name).Verdict).Append(PushdownVerdict.Full).Max();
        return asked.Lists > _capabilities.MaxListedValues || asked.Fills > 0 ? PushdownVerdict.None : worst;
    }

    // A model that is not what the source has: no members, and an error that says in what they differ.
    private static IEnumerable<string> Refusals(string named, CaseWay pushed, CaseWay fetched) => new[] { (Way: pushed, Name: "pushed"), (Way: fetched, Name: "not pushed") }
        .Where(ran => ran.Way.Problem is not { } problem || !problem.Message.Contains(named, StringComparison.Ordinal))
        .Select(ran => ran.Way.Problem is { } problem ? $"{ran.Name} it fails with {problem.Code}, which does not name '{named}': {problem.Message.TrimEnd('.')}" : $"{ran.Name} it gives {MemberLists.Shown(ran.Way.Members)}, and no error that names '{named}'");

    private IEnumerable<string> Differences(ConformanceCase asked, OracleOutcome expected, PushdownVerdict? claim, CaseWay pushed, CaseWay fetched)
    {
        foreach (var difference in MemberLists.DifferencesOf(asked, expected).Concat(MemberLists.Differences(pushed, "pushed", expected)).Concat(MemberLists.Differences(fetched, "not pushed", expected)))
        {
            yield return difference;
        }

        // A superset is asked for only as a condition of its own; below a complement or an aggregate it would change members.
        if (claim is { } claimed && pushed.Verdict is var verdict && verdict != claimed && !(claimed == PushdownVerdict.Recheck && verdict == PushdownVerdict.None))
        {
            yield return $"the source claims {Text(claimed)}, and the plan says {(verdict is { } went ? Text(went) : "nothing of it")}{(pushed.Reasons.IsEmpty ? "" : $" ({string.Join("; ", pushed.Reasons)})")}";
        }

        if (claim is PushdownVerdict.None or PushdownVerdict.Recheck && asked.Lists <= _capabilities.MaxListedValues && asked.Fills is null)
        {
            var reasons = asked.Asks!.Value.Select(name => CapabilityTable.Of(_capabilities, name)).Where(support => support.Verdict == claim).Select(support => support.Reason).ToList();
            if (!reasons.Exists(reason => pushed.Reasons.Any(told => told.Contains(reason, StringComparison.Ordinal))))
            {
                yield return $"explain gives another reason than the source: {string.Join("; ", pushed.Reasons)}";
            }
        }

        if (fetched.Verdict is not (null or PushdownVerdict.None))
        {
            yield return "the source was asked for rows only, and a predicate was pushed all the same";
        }
    }

    private async Task<TrustOutcome> TrustAsync(ConformanceCase asked, PushdownVerdict? claim, CancellationToken cancellationToken)
    {
        var distrusted = (asked.Asks ?? []).Where(name => CapabilityTable.Of(_capabilities, name).Verdict != PushdownVerdict.Full).ToList();
        if (claim is null or PushdownVerdict.Full || distrusted.Count == 0 || asked.Members is not { } members)
        {
            return TrustOutcome.NotTried;
        }

        var trusting = folder.Open(CapabilityTable.With(_capabilities, distrusted, Support.Full("the conformance kit trusts the source here")), ReductionPolicy.Default);
        await using (trusting.ConfigureAwait(false))
        {
            var way = await _ways.GoAsync(trusting, asked, explains: false, cancellationToken).ConfigureAwait(false);
            return way.Members is not { } found ? TrustOutcome.Refused : MemberLists.Same(found, members) ? TrustOutcome.Right : TrustOutcome.Wrong;
        }
    }

    private static string Text(PushdownVerdict verdict) => verdict.ToString().ToLowerInvariant();
}
