using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning;
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

    /// <summary>Measures.</summary>
    internal static async Task RunAsync(ReportText report)
    {
        var model = ModelReader.Read(DocumentReader.Read(Encoding.UTF8.GetBytes(ModelText()), "model.yaml", ReadingLimits.Model), "model.yaml", ["first", "second"]);
        await using var first = Connector("first");
        await using var second = Connector("second");
        var remotes = new Dictionary<string, IRemoteSource>(StringComparer.Ordinal) { ["first"] = first, ["second"] = second };
        var capabilities = remotes.ToDictionary(pair => pair.Key, pair => pair.Value.Capabilities, StringComparer.Ordinal);
        var tables = model.Entities.ToDictionary(entity => entity, entity => new StoredTable(
            entity.Columns.ToFrozenDictionary(column => column.Name, column => NaturalStorage.Of(column.Type), StringComparer.Ordinal), 1_000_000, 100_000_000));
        var text = Encoding.UTF8.GetBytes(SegmentText());
        var asOf = new DateTimeOffset(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);
        var fragments = 0;

        Task PlanAsync()
        {
            var file = new SegmentFile("wide.yaml", "/wide.yaml", DocumentReader.Read(text, "wide.yaml", ReadingLimits.Segment), []);
            var run = SegmentResolver.Resolve(file, new ResolutionEnvironment(model, new SegmentLibrary([file]), asOf, NoKeyFiles.Instance, ImmutableDictionary<string, string>.Empty));
            var plan = SegmentPlanner.Plan(run, tables, capabilities);
            fragments = plan.Fragments.Select(fragment => remotes[fragment.Source].Compile(fragment.Id, fragment.Plan, tables)).Count();
            return Task.CompletedTask;
        }

        var times = new List<double>();
        for (var round = -100; round < Rounds; round++)
        {
            var time = await Figures.TimeAsync(PlanAsync);
            if (round >= 0)
            {
                times.Add(time);
            }
        }

        var slow = Figures.Quantile(times, 0.99);
        report.Table(
            ["containers", "entities", "fragments", "p50, ms", "p99, ms", "goal: p99 ≤ 25 ms"],
            [[ReportText.Count(Containers), ReportText.Count(Entities), ReportText.Count(fragments), ReportText.Ratio(Figures.Quantile(times, 0.5)), ReportText.Ratio(slow), slow <= Goal ? "met" : "missed"]]);
    }

    private static PostgresConnector Connector(string name) => new(
        name,
        new PostgresOptions { Host = "127.0.0.1", Port = 5432, Database = "nowhere", User = "nobody", SslMode = PostgresSslMode.Disable, MaxConcurrent = 1 },
        _ => ValueTask.FromResult(""),
        TimeProvider.System);

    private static string ModelText()
    {
        var text = new StringBuilder("model: wide\nentities:\n");
        for (var i = 0; i < Entities; i++)
        {
            text.Append($"  e{i}:\n    source: {(i % 2 == 0 ? "first" : "second")}\n    table: [t{i}]\n    key: [id]\n    time: at\n");
            text.Append("    columns: {id: int64, parent_id: int64, name: string, kind: string, amount: 'decimal(12,2)', score: float64, active: boolean, at: timestamp, born: date}\n");
        }

        text.Append("relationships:\n");
        for (var i = 1; i < Entities; i++)
        {
            text.Append($"  - {{name: r{i}, from: e{i / 10}, to: e{i}, on: {{id: parent_id}}, cardinality: one_to_many, inverse: parent{i}}}\n");
        }

        return text.ToString();
    }

    private static string SegmentText()
    {
        string[] containers =
        [
            "has: {0}, where: {{all: [{{field: kind, eq: purchase}}, {{field: at, within: {{last: 90, unit: day}}}}]}}, agg: {{count: '*', gte: 3}}",
            "has: {0}, where: {{field: active, is: true}}, agg: {{sum: amount, gte: 500}}",
            "none: {0}, where: {{field: at, within: {{last: 30, unit: day}}}}",
            "every: {0}, where: {{field: kind, in: [a, b, c]}}, must: {{field: score, gt: 0.5}}",
        ];
        var text = new StringBuilder("segment: wide\nof: e0\ntime: {zone: Europe/Berlin}\nwhere:\n  all:\n    - {field: name, starts: A}\n");
        for (var i = 0; i < Containers; i++)
        {
            // Half of them over one relationship, half over two, and the sources take turns.
            var path = i < 9 ? $"r{i + 1}" : $"r{((i - 9) % 9) + 1}.r{(((i - 9) % 9) + 1) * 10 + (i % 10)}";
            text.Append("    - {").AppendFormat(System.Globalization.CultureInfo.InvariantCulture, containers[i % containers.Length], path).Append("}\n");
        }

        return text.ToString();
    }
}
