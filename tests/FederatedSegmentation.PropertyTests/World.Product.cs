using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.PropertyTests;
using FederatedSegmentation.Testing.Postgres;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Asks the product what the sentences ask the oracle, over CSV, JSON Lines, Parquet and PostgreSQL, and holds it to the same answers.</summary>
internal sealed partial class World
{
    private static readonly ConcurrentBag<ImmutableArray<RemoteDatabase>> Databases = [];

    private static readonly ImmutableArray<Placing> Placings =
    [
        .. Placing.All.Where(placing => placing.Name is "csv" or "jsonl" or "parquet" || (placing.Name is "postgres" or "both" && PostgresInstallation.WhyMissing is null)),
    ];

    // The sentences are written as one expression each, so the product is waited for.
    partial void AlsoAsk(string segment, OracleOutcome outcome, string[] lines, char separator) => Task.Run(() => AskAsync(Case(segment), outcome, lines, separator)).GetAwaiter().GetResult();

    private static async Task AskAsync(GeneratedCase asked, OracleOutcome outcome, string[] lines, char separator)
    {
        foreach (var placing in Placings.Where(placing => placing.Takes(asked)))
        {
            ImmutableArray<RemoteDatabase> remotes = [];
            if (placing.HasRemotes && !Databases.TryTake(out remotes))
            {
                remotes = await placing.OpenAsync(CancellationToken.None);
            }

            await using (var tables = await PlacedTables.CreateAsync(asked, placing, remotes, CancellationToken.None))
            await using (var scenario = await Scenario.CreateAsync(asked, tables, ReductionPolicy.Always, CancellationToken.None))
            {
                string members;
                try
                {
                    members = await scenario.MembersAsync(CancellationToken.None);
                }
                catch (FederatedSegmentationException problem) when (problem.Problems[0].Kind == ErrorKind.Data && !outcome.PossibleDataErrors.IsEmpty)
                {
                    continue;
                }

                var found = CsvText.Parse("key\n" + members).Skip(1).Select(record => string.Join(separator, record)).ToList();
                Assert.True(lines.SequenceEqual(found, StringComparer.Ordinal), $"Over {placing} the members are [{string.Join("; ", found)}], not [{string.Join("; ", lines)}]:\n{asked.MainSegment.ToJsonString()}");
            }

            if (placing.HasRemotes)
            {
                Databases.Add(remotes);
            }
        }
    }

    private GeneratedCase Case(string segment)
    {
        var model = new JsonObject { ["model"] = "m", ["entities"] = _entities.DeepClone(), ["relationships"] = _relationships.DeepClone() };
        var tables = ModelReader.Read(model).Entities.Values.Select(Table).ToImmutableArray();

        // A row of one NULL is no line of a CSV file, so a table has two columns at least.
        foreach (var table in tables.Where(table => table.Columns.Length == 1))
        {
            model["entities"]![table.EntityName]!["columns"]!["filler"] = "string";
            tables = tables.Replace(table, table with { Columns = table.Columns.Add(new GeneratedColumn("filler", "filler", "string", null)), Rows = [.. table.Rows.Select(row => row.Add(Value.Of("x")))] });
        }

        var instant = ((Value.Timestamp)StoredText.Read(_asOf, new DataType(TypeKind.Timestamp))).Micros;
        return new GeneratedCase(0, model, tables, [.. _segments], segment, _files.ToImmutableDictionary(), instant) { Parameters = _parameters.ToImmutableDictionary() };
    }

    private GeneratedTable Table(Entity entity) => new(
        entity.Name,
        [.. entity.Columns.Select(column => new GeneratedColumn(column.Name, column.StoredName, column.Type.ToString(), column.Zone))],
        [.. _tables[entity.Name].Rows.Select(row => row.ToImmutableArray())]);
}
