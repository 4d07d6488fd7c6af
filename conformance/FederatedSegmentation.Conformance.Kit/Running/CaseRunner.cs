using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>Runs one case in all ways and compares them.</summary>
internal sealed class CaseRunner(SourceUnderTest source, ConformanceGroup group, GroupFolder folder, ISegmentGateway pushing, ISegmentGateway fetching)
{
    private const int ShownMembers = 5;

    private readonly Capabilities _capabilities = source.Connector.Capabilities;

    /// <summary>Runs a case.</summary>
    public async Task<CaseResult> RunAsync(ConformanceCase asked, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var expected = group.Asking(asked).Evaluate();
        var pushed = await GoAsync(pushing, asked, explains: true, cancellationToken).ConfigureAwait(false);
        if (pushed.Problem is { } missing && IsMissing(missing))
        {
            return new CaseResult(group, asked, CaseOutcome.NotRun, $"{missing.Code}: {missing.Message.TrimEnd('.')}") { Elapsed = TimeProvider.System.GetElapsedTime(started) };
        }

        var fetched = await GoAsync(fetching, asked, explains: true, cancellationToken).ConfigureAwait(false);
        var claim = ClaimOf(asked);
        var refusal = new[] { pushed, fetched }.Select(way => way.Problem is { } problem ? source.WhyStandInRefuses(problem) : null).FirstOrDefault(reason => reason is not null);
        var differences = refusal is null ? Differences(asked, expected, claim, pushed, fetched).ToList() : [];
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

    private static bool IsMissing(Problem problem) => problem.Code is SourceErrorCodes.TableMissing or "SRC101";

    private PushdownVerdict? ClaimOf(ConformanceCase asked)
    {
        if (asked.Asks is not { } names)
        {
            return null;
        }

        var worst = names.Select(name => CapabilityTable.Of(_capabilities, name).Verdict).Append(PushdownVerdict.Full).Max();
        return asked.Lists > _capabilities.MaxListedValues ? PushdownVerdict.None : worst;
    }

    private IEnumerable<string> Differences(ConformanceCase asked, OracleOutcome expected, PushdownVerdict? claim, CaseWay pushed, CaseWay fetched)
    {
        if (!expected.Unspecified.IsEmpty && asked.Open is null)
        {
            yield return $"the case is wrong: the language leaves it open ({expected.Unspecified[0]})";
        }

        ImmutableArray<string>? right = expected.DataError is null ? [.. expected.Members.Select(member => string.Join('|', member.Fields))] : null;
        if (!Same(asked.Members, right))
        {
            yield return $"the case is wrong: it says {Shown(asked.Members)}, the oracle {Shown(right)}";
        }

        foreach (var (way, name) in new[] { (pushed, "pushed"), (fetched, "not pushed") })
        {
            if (way.Problem is { } problem && !(right is null && problem.Kind == ErrorKind.Data))
            {
                yield return $"{name} it fails with {problem.Code}: {problem.Message.TrimEnd('.')}";
            }
            else if (way.Problem is null && !Same(way.Members, right))
            {
                yield return $"{name} it gives {Shown(way.Members)}, not {Shown(right)}";
            }
        }

        // A superset is asked for only as a condition of its own; below a complement or an aggregate it would change members.
        if (claim is { } claimed && pushed.Verdict is var verdict && verdict != claimed && !(claimed == PushdownVerdict.Recheck && verdict == PushdownVerdict.None))
        {
            yield return $"the source claims {Text(claimed)}, and the plan says {(verdict is { } went ? Text(went) : "nothing of it")}{(pushed.Reasons.IsEmpty ? "" : $" ({string.Join("; ", pushed.Reasons)})")}";
        }

        if (claim is PushdownVerdict.None or PushdownVerdict.Recheck && asked.Lists <= _capabilities.MaxListedValues)
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

        var trusting = folder.Open(CapabilityTable.With(_capabilities, distrusted, Support.Full("the conformance kit trusts the source here")));
        await using (trusting.ConfigureAwait(false))
        {
            var way = await GoAsync(trusting, asked, explains: false, cancellationToken).ConfigureAwait(false);
            return way.Members is not { } found ? TrustOutcome.Refused : Same(found, members) ? TrustOutcome.Right : TrustOutcome.Wrong;
        }
    }

    private async Task<CaseWay> GoAsync(ISegmentGateway gateway, ConformanceCase asked, bool explains, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var asOf = DateTimeOffset.UnixEpoch.AddTicks(group.AsOf * TimeSpan.TicksPerMicrosecond);
        ExplainReport? plan = null;
        try
        {
            plan = explains ? await gateway.ExplainAsync(new ExplainRequest(new SegmentById(asked.Id), asOf, EngineKind.DuckDb, source.Deadline), cancellationToken).ConfigureAwait(false) : null;
            using var stream = new MemoryStream();
            var request = new RunRequest
            {
                Segment = new SegmentById(asked.Id),
                Target = new MembershipStream(stream, "memory", MembershipFormat.Csv),
                AsOf = asOf,
                Engine = EngineKind.DuckDb,
                Deadline = source.Deadline,
                StartedAt = TimeProvider.System.GetTimestamp(),
                ShowsValues = false,
            };
            await gateway.RunAsync(request, NoProgress.Instance, cancellationToken).ConfigureAwait(false);
            return Way(plan, [.. CsvText.Parse(Encoding.UTF8.GetString(stream.ToArray())).Skip(1).Select(record => string.Join('|', record))], null, started);
        }
        catch (FederatedSegmentationException failure)
        {
            return Way(plan, null, failure.Problems[0], started);
        }
    }

    private static CaseWay Way(ExplainReport? plan, ImmutableArray<string>? members, Problem? problem, long started) => new(
        plan is null ? [] : [.. plan.Fragments.Select(fragment => fragment.Sql)],
        plan is null || plan.Pushdown.IsEmpty ? null : plan.Pushdown.Max(predicate => predicate.Verdict),
        plan is null ? [] : [.. plan.Pushdown.Where(predicate => predicate.Verdict != PushdownVerdict.Full).Select(predicate => predicate.Reason).Distinct(StringComparer.Ordinal)],
        members,
        problem,
        TimeProvider.System.GetElapsedTime(started));

    private static string Text(PushdownVerdict verdict) => verdict.ToString().ToLowerInvariant();

    private static bool Same(ImmutableArray<string>? left, ImmutableArray<string>? right)
        => left is { } found && right is { } wanted ? found.SequenceEqual(wanted, StringComparer.Ordinal) : left is null && right is null;

    private static string Shown(ImmutableArray<string>? members) => members is not { } list
        ? "a data error"
        : string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", list.Take(ShownMembers))}{(list.Length > ShownMembers ? $", … {list.Length} in all" : "")}]");
}
