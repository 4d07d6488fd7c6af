using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Execution;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Planning;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Residual;

namespace FederatedSegmentation.Running;

/// <summary>Measures how the data keep the promises of a model, one entity and one relationship after another, with the plans and sources that segments use.</summary>
internal sealed class DataCheck(PlanningStage planning, RunStage running)
{
    /// <summary>Measures everything.</summary>
    public async Task<(DataReport Report, ImmutableArray<string> Warnings)> MeasureAsync(DataModel model, Deadline deadline, bool showsValues, CancellationToken cancellationToken)
    {
        var tables = await planning.DescribeAsync(model.Entities, cancellationToken).ConfigureAwait(false);
        var warnings = ImmutableArray.CreateBuilder<string>();
        Task<long[]> Ask(SegmentPlan plan) => running.NumbersAsync(plan, planning.Compile(plan, tables), deadline, showsValues, cancellationToken);

        var entities = ImmutableArray.CreateBuilder<EntityReport>();
        foreach (var entity in model.Entities)
        {
            var values = await Ask(DataMeasurement.Values(entity, tables, planning.Capabilities)).ConfigureAwait(false);
            var rows = values.Length == 0 ? 0 : values[1];
            var columns = entity.Columns.Select((column, i) => new ColumnReport(column.Name, rows == 0 ? 0 : 1 - ((double)values[i + 2] / rows)));
            long? duplicates = null;
            long? incomplete = null;
            if (!entity.Key.IsEmpty)
            {
                var keys = await Ask(DataMeasurement.Keys(entity, tables, planning.Capabilities)).ConfigureAwait(false);
                (duplicates, incomplete) = keys.Length == 0 ? (0, rows) : (keys[1] - keys[2], rows - keys[1]);
                if (duplicates > 0 || incomplete > 0)
                {
                    warnings.Add(FormattableString.Invariant($"The key of {entity} is broken: {duplicates} rows beyond the first of their key, {incomplete} with a NULL in it."));
                }
            }

            entities.Add(new EntityReport(entity.Name, rows, duplicates, incomplete, [.. columns]));
        }

        var relationships = ImmutableArray.CreateBuilder<RelationshipReport>();
        foreach (var relationship in model.Relationships)
        {
            var there = await Ask(DataMeasurement.Matches(new PathStep(relationship, IsInverse: false), tables, planning.Capabilities)).ConfigureAwait(false);
            var back = await Ask(DataMeasurement.Matches(new PathStep(relationship, IsInverse: true), tables, planning.Capabilities)).ConfigureAwait(false);
            var report = new RelationshipReport(
                relationship.Name, relationship.From.Name, relationship.To.Name, Spelling(relationship.Cardinality),
                Orphans(there), Orphans(back), Most(there), Most(back), there.Length == 0 || there[2] == 0 ? 0 : (double)there[3] / there[2]);
            relationships.Add(report);
            if (relationship.Cardinality is Cardinality.OneToOne or Cardinality.ManyToOne && report.MaxFanOut > 1)
            {
                warnings.Add($"{relationship.From}.{relationship.Name} is declared {report.Cardinality} but leads to {report.MaxFanOut} rows.");
            }

            if (relationship.Cardinality is Cardinality.OneToOne or Cardinality.OneToMany && report.MaxInverseFanOut > 1)
            {
                warnings.Add($"{relationship.From}.{relationship.Name} is declared {report.Cardinality} but {report.MaxInverseFanOut} rows lead to one.");
            }
        }

        return (new DataReport(entities.ToImmutable(), relationships.ToImmutable()), warnings.ToImmutable());
    }

    private static double Orphans(long[] numbers) => numbers.Length == 0 || numbers[1] == 0 ? 0 : 1 - ((double)numbers[2] / numbers[1]);

    private static long Most(long[] numbers) => numbers.Length == 0 ? 0 : numbers[4];

    private static string Spelling(Cardinality cardinality) => cardinality switch
    {
        Cardinality.OneToOne => "one_to_one",
        Cardinality.ManyToOne => "many_to_one",
        Cardinality.OneToMany => "one_to_many",
        Cardinality.ManyToMany => "many_to_many",
        _ => throw new ArgumentOutOfRangeException(nameof(cardinality), cardinality, "Unknown cardinality."),
    };
}
