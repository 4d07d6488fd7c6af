using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>Runs cases in which keys of files travel to the source: on every rung alone, or on the first that holds them; and the source asked for rows only. Dispose of it before its folder.</summary>
internal sealed class KeyRunner(SourceUnderTest source, ConformanceGroup group, GroupFolder folder) : IAsyncDisposable
{
    private const string NoRung = "none";

    private static readonly ImmutableArray<KeyPassage> Passages = [.. Enum.GetValues<KeyPassage>()];

    private readonly WayRunner _ways = new(source, group);
    private readonly Capabilities _capabilities = source.Connector.Capabilities with
    {
        KeyRungs = [.. source.Connector.Capabilities.KeyRungs.Select(rung => group.Rungs.TryGetValue(rung.Passage, out var most) ? rung with { MaxValues = most } : rung)],
    };

    private readonly Dictionary<KeyPassage, ISegmentGateway> _alone = [];
    private ISegmentGateway? _climbing;
    private ISegmentGateway? _fetching;

    /// <summary>Runs a case.</summary>
    public async Task<CaseResult> RunAsync(ConformanceCase asked, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var expected = group.Asking(asked).Evaluate();
        _fetching ??= folder.Open(CapabilityTable.RowsOnly(_capabilities), ReductionPolicy.Always);
        var fetched = await _ways.GoAsync(_fetching, asked, explains: false, cancellationToken).ConfigureAwait(false);
        if (fetched.Problem is { } missing && WayRunner.IsMissing(missing))
        {
            return new CaseResult(group, asked, CaseOutcome.NotRun, $"{missing.Code}: {missing.Message.TrimEnd('.')}") { Elapsed = TimeProvider.System.GetElapsedTime(started) };
        }

        var travelled = await TravelAsync(asked, cancellationToken).ConfigureAwait(false);
        var ways = travelled.Select(travel => travel.Way).OfType<CaseWay>().Append(fetched).ToList();
        var refusal = ways.Select(way => way.Problem is { } problem ? source.WhyStandInRefuses(problem) : null).FirstOrDefault(reason => reason is not null);
        var differences = refusal is null ? Differences(asked, expected, travelled, fetched).ToList() : [];
        return new CaseResult(group, asked, refusal is not null ? CaseOutcome.NotRun : differences.Count > 0 ? CaseOutcome.Failed : CaseOutcome.Passed, refusal ?? string.Join("; ", differences))
        {
            Travelled = travelled,
            Fetched = fetched,
            Elapsed = TimeProvider.System.GetElapsedTime(started),
        };
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _alone.Values.Append(_climbing).Append(_fetching).OfType<ISegmentGateway>())
        {
            await gateway.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<ImmutableArray<KeyWay>> TravelAsync(ConformanceCase asked, CancellationToken cancellationToken)
    {
        if (asked.Climbs)
        {
            _climbing ??= folder.Open(_capabilities, ReductionPolicy.Always);
            return [new KeyWay(null, null, await _ways.GoAsync(_climbing, asked, explains: false, cancellationToken).ConfigureAwait(false))];
        }

        var travelled = ImmutableArray.CreateBuilder<KeyWay>();
        foreach (var passage in Passages)
        {
            if (WhyNot(passage) is { } reason)
            {
                travelled.Add(new KeyWay(passage, reason, null));
                continue;
            }

            if (!_alone.TryGetValue(passage, out var gateway))
            {
                _alone.Add(passage, gateway = folder.Open(_capabilities, ReductionPolicy.Always with { Passages = [passage] }));
            }

            travelled.Add(new KeyWay(passage, null, await _ways.GoAsync(gateway, asked, explains: false, cancellationToken).ConfigureAwait(false)));
        }

        return travelled.ToImmutable();
    }

    private string? WhyNot(KeyPassage passage) => _capabilities.KeyRungs.Any(rung => rung.Passage == passage)
        ? null
        : source.Spelling.WhyNoRung(passage) ?? (passage == KeyPassage.Table ? "no scratch schema is set" : "the source is reached on a road that takes none");

    private IEnumerable<string> Differences(ConformanceCase asked, OracleOutcome expected, ImmutableArray<KeyWay> travelled, CaseWay fetched)
    {
        var name = "fetched whole";
        var differences = MemberLists.DifferencesOf(asked, expected).Concat(MemberLists.Differences(fetched, name, expected));
        if (!fetched.Keys.IsEmpty)
        {
            differences = differences.Append("the source was asked for rows only, and keys travelled all the same");
        }

        foreach (var travel in travelled.Where(travel => travel.Way is not null))
        {
            var (way, how) = (travel.Way!, travel.Rung is { } rung ? $"with its keys as {Text(rung)}" : "with its keys on the first rung that holds them");
            differences = differences.Concat(MemberLists.Differences(way, how, expected));
            if (way.Problem is not null)
            {
                continue;
            }

            var rungs = asked.Keys.Select(count => RungOf(asked, travel.Rung, count)).ToList();
            var wanted = asked.Keys.Zip(rungs, (count, taken) => new TravelledKeys(taken, IsCounted(count, asked) ? count : null)).ToList();
            if (!way.Keys.SequenceEqual(wanted))
            {
                differences = differences.Append($"{how} there travelled {Shown(way.Keys)}, not {Shown(wanted)}");
            }
            else if (asked.Rows is { } rows && way.Rows != rows && !rungs.Contains(NoRung))
            {
                differences = differences.Append(string.Create(CultureInfo.InvariantCulture, $"{how} {way.Rows} rows came, not {rows}"));
            }
        }

        return differences;
    }

    // The rung that has to be taken; keys that the source cannot be sent leave all rows to be fetched.
    private string RungOf(ConformanceCase asked, KeyPassage? alone, int keys)
        => (asked.Asks ?? []).Any(name => CapabilityTable.Of(_capabilities, name).Verdict != PushdownVerdict.Full)
            ? NoRung
            : alone is { } only ? Text(only) : _capabilities.KeyRungs.FirstOrDefault(rung => keys <= rung.MaxValues / asked.KeyParts) is { } first ? Text(first.Passage) : NoRung;

    // Nobody counts on beyond what the last rung takes.
    private bool IsCounted(int keys, ConformanceCase asked) => keys <= _capabilities.KeyRungs.Max(rung => rung.MaxValues) / asked.KeyParts;

    private static string Shown(IEnumerable<TravelledKeys> keys)
        => string.Join(", ", keys.Select(some => string.Create(CultureInfo.InvariantCulture, $"{some.Count?.ToString(CultureInfo.InvariantCulture) ?? "too many"} as {some.Rung}")).DefaultIfEmpty("none"));

    private static string Text(KeyPassage passage) => passage.ToString().ToLowerInvariant();
}
