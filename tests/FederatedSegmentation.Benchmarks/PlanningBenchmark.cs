using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Planning.Resolution;
using FederatedSegmentation.Reading;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Reading, resolving, planning and compiling a segment of 20 containers over a model of 100 entities in two databases.</summary>
internal static class PlanningBenchmark
{
    private const int Entities = 100;
    private const int Containers = 20;
    private const int Rounds = 500;
    private const double Goal = 25;
    private static readonly DateTimeOffset AsOf = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Measures a segment of 20 containers, and how the time grows with a segment.</summary>
    internal static async Task RunAsync(ReportText report)
    {
        var model = Read(ModelText(Entities, []));
        await using var planner = new Planner(model);
        var text = Encoding.UTF8.GetBytes(SegmentText(Containers, Path20));
        var times = Times(planner, text, warmUp: 200, Rounds);
        var slow = Figures.Quantile(times, 0.99);
        report.Table(
            ["containers", "entities", "fragments", "p50, ms", "p99, ms", "greatest, ms", "goal: p99 ≤ 25 ms"],
            [[ReportText.Count(Containers), ReportText.Count(Entities), ReportText.Count(planner.Fragments), ReportText.Ratio(Figures.Quantile(times, 0.5)), ReportText.Ratio(slow), ReportText.Ratio(times.Max()), slow <= Goal ? "met" : "missed"]]);

        var rows = new List<string[]>();
        var (before, nodesBefore) = (0.0, 0);
        foreach (var containers in (int[])[8, 16, 36, 72, 180, 364, 724])
        {
            var wide = Encoding.UTF8.GetBytes(SegmentText(containers, Path20));
            // Four containers in a row have eleven nodes; the combination of all and a leaf are two more.
            var nodes = (containers / 4 * 11) + 2;
            var time = Figures.Quantile(Times(planner, wide, warmUp: 5, 15), 0.5);
            // The exponent e in time ~ nodes^e, from one row to the next.
            var growth = before == 0 ? "" : ReportText.Ratio(Math.Log(time / before) / Math.Log((double)nodes / nodesBefore));
            rows.Add([ReportText.Count(nodes), ReportText.Count(containers), ReportText.Ratio(time), growth]);
            (before, nodesBefore) = (time, nodes);
        }

        report.Paragraph("How it grows: `time ~ nodes^e`, e from one row to the next; the goal is e ≤ 2.");
        report.Table(["nodes", "containers", "p50, ms", "e"], rows);
    }

    /// <summary>Measures a model of 6,000 entities and 10,000 relationships.</summary>
    internal static void RunLargeModel(ReportText report)
    {
        const int entities = 6_000;
        const int extra = 10_000 - (entities - 1);
        var random = new Random(20_260_615);
        var text = Encoding.UTF8.GetBytes(ModelText(entities, [.. Enumerable.Range(0, extra).Select(_ => (random.Next(entities), random.Next(entities)))]));
        var times = new List<double>();
        DataModel? model = null;
        var held = 0L;
        for (var i = 0; i < 6; i++)
        {
            model = null;
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            model = ReadText(text);
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            held = GC.GetTotalMemory(forceFullCollection: true) - before;
        }

        var planner = new Planner(model!);
        var plan = Times(planner, Encoding.UTF8.GetBytes(SegmentText(Containers, Path20)), warmUp: 100, 200);
        report.Table(
            ["model", "first load, ms", "load, warm, ms", "memory held, MiB", "plan of 20 containers, p50, ms", "p99, ms"],
            [[$"{text.Length / 1024.0 / 1024:0.0} MiB of YAML", ReportText.Number(times[0]), ReportText.Number(Figures.Quantile([.. times.Skip(1)], 0.5)), ReportText.Number(held / 1024.0 / 1024),
                ReportText.Ratio(Figures.Quantile(plan, 0.5)), ReportText.Ratio(Figures.Quantile(plan, 0.99))]]);
    }

    private static DataModel Read(string text) => ReadText(Encoding.UTF8.GetBytes(text));

    private static DataModel ReadText(byte[] text) => ModelReader.Read(DocumentReader.Read(text, "model.yaml", ReadingLimits.Model), "model.yaml", ["first", "second"]);

    private static List<double> Times(Planner planner, byte[] text, int warmUp, int rounds)
    {
        var times = new List<double>(rounds);
        for (var round = -warmUp; round < rounds; round++)
        {
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            planner.Plan(text);
            if (round >= 0)
            {
                times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        return times;
    }

    // Everything between the text and the statements.
    private sealed class Planner : IAsyncDisposable
    {
        private readonly DataModel _model;
        private readonly Dictionary<string, IRemoteSource> _remotes;
        private readonly Dictionary<string, Capabilities> _capabilities;
        private readonly Dictionary<Entity, StoredTable> _tables;

        internal Planner(DataModel model)
        {
            _model = model;
            _remotes = new(StringComparer.Ordinal) { ["first"] = Connector("first"), ["second"] = Connector("second") };
            _capabilities = _remotes.ToDictionary(pair => pair.Key, pair => pair.Value.Capabilities, StringComparer.Ordinal);
            _tables = model.Entities.ToDictionary(entity => entity, entity => new StoredTable(
                entity.Columns.ToFrozenDictionary(column => column.Name, column => NaturalStorage.Of(column.Type), StringComparer.Ordinal), 1_000_000, 100_000_000));
        }

        internal int Fragments { get; private set; }

        internal void Plan(byte[] text)
        {
            var file = new SegmentFile("wide.yaml", "/wide.yaml", DocumentReader.Read(text, "wide.yaml", ReadingLimits.Segment), []);
            var run = SegmentResolver.Resolve(file, new ResolutionEnvironment(_model, new SegmentLibrary([file]), AsOf, NoKeyFiles.Instance, ImmutableDictionary<string, string>.Empty));
            var tables = SegmentPlanner.EntitiesOf(run).ToDictionary(entity => entity, entity => _tables[entity]);
            var plan = SegmentPlanner.Plan(run, tables, _capabilities, ReductionPolicy.Default);
            Fragments = plan.Fragments.Select(fragment => _remotes[fragment.Source].Compile(fragment.Id, fragment.Plan, tables)).Count();
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var remote in _remotes.Values)
            {
                await remote.DisposeAsync();
            }
        }
    }

    private static PostgresConnector Connector(string name) => new(
        name,
        new PostgresOptions { Host = "127.0.0.1", Port = 5432, Database = "nowhere", User = "nobody", SslMode = PostgresSslMode.Disable, MaxConcurrent = 1 },
        _ => ValueTask.FromResult(""),
        TimeProvider.System);

    private static string ModelText(int entities, (int From, int To)[] more)
    {
        var text = new StringBuilder("model: wide\nentities:\n");
        for (var i = 0; i < entities; i++)
        {
            text.Append($"  e{i}:\n    source: {(i % 2 == 0 ? "first" : "second")}\n    table: [t{i}]\n    key: [id]\n    time: at\n");
            text.Append("    columns: {id: int64, parent_id: int64, name: string, kind: string, amount: 'decimal(12,2)', score: float64, active: boolean, at: timestamp, born: date}\n");
        }

        text.Append("relationships:\n");
        for (var i = 1; i < entities; i++)
        {
            text.Append($"  - {{name: r{i}, from: e{i / 10}, to: e{i}, on: {{id: parent_id}}, cardinality: one_to_many, inverse: parent{i}}}\n");
        }

        for (var i = 0; i < more.Length; i++)
        {
            text.Append($"  - {{name: m{i}, from: e{more[i].From}, to: e{more[i].To}, on: {{id: parent_id}}, cardinality: one_to_many, inverse: back{i}}}\n");
        }

        return text.ToString();
    }

    // Half of them over one relationship, half over two, and the sources take turns.
    private static string Path20(int i) => (i % 20) is var place and < 9 ? $"r{place + 1}" : $"r{(((i % 20) - 9) % 9) + 1}.r{(((((i % 20) - 9) % 9) + 1) * 10) + (i % 10)}";

    private static string SegmentText(int count, Func<int, string> path)
    {
        string[] containers =
        [
            "has: {0}, where: {{all: [{{field: kind, eq: purchase}}, {{field: at, within: {{last: 90, unit: day}}}}]}}, agg: {{count: '*', gte: 3}}",
            "has: {0}, where: {{field: active, is: true}}, agg: {{sum: amount, gte: 500}}",
            "none: {0}, where: {{field: at, within: {{last: 30, unit: day}}}}",
            "every: {0}, where: {{field: kind, in: [a, b, c]}}, must: {{field: score, gt: 0.5}}",
        ];
        var text = new StringBuilder("segment: wide\nof: e0\ntime: {zone: Europe/Berlin}\nwhere:\n  all:\n    - {field: name, starts: A}\n");
        for (var i = 0; i < count; i++)
        {
            text.Append("    - {").AppendFormat(System.Globalization.CultureInfo.InvariantCulture, containers[i % containers.Length], path(i)).Append("}\n");
        }

        return text.ToString();
    }
}
