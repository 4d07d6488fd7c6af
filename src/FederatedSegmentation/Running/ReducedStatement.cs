using System.Collections.Immutable;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Residual;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;

namespace FederatedSegmentation.Running;

/// <summary>Writes the statement of a fragment that waited for keys, now that they are known. Pure.</summary>
internal static class ReducedStatement
{
    private const string ParameterName = "keys";

    /// <summary>The statement with the keys on the first rung of the ladder that takes them; the one for all rows where none does.</summary>
    /// <param name="source">The source.</param>
    /// <param name="fragment">A fragment with a reduction.</param>
    /// <param name="keys">The keys; null where they are too many for every rung.</param>
    /// <param name="runId">The run, for the name of a table of keys.</param>
    /// <param name="tables">How the tables of the scans are stored.</param>
    public static CompiledFragment Of(IRemoteSource source, QueryFragment fragment, TravellingKeys? keys, string runId, IReadOnlyDictionary<Entity, StoredTable> tables)
    {
        if (keys is { } known && CanWrite(known.Keys, source))
        {
            var reduction = fragment.Reduction!;
            foreach (var rung in reduction.Rungs.Where(rung => rung.Takes((long)known.Keys.Length * reduction.Columns.Length, known.TextBytes)))
            {
                try
                {
                    return Of(source, fragment, known, rung, runId, tables) with { Waited = new KeyUse(rung.Passage, known.Keys.Length) };
                }
                catch (FederatedSegmentationException failure) when (failure.Problems is [{ Code: PlanCompiler.StatementTooLarge }])
                {
                    // The rest of the statement leaves less room than the rung takes for granted: the next one.
                }
            }
        }

        return source.Compile(fragment.Id, fragment.Plan, tables) with { Waited = new KeyUse(null, keys?.Keys.Length) };
    }

    private static CompiledFragment Of(IRemoteSource source, QueryFragment fragment, TravellingKeys keys, KeyRung rung, string runId, IReadOnlyDictionary<Entity, StoredTable> tables)
    {
        var name = rung.Passage == KeyPassage.Table ? $"fedseg_{runId}_{fragment.Id}".ToLowerInvariant() : ParameterName;
        var (plan, sent) = ReducedPlan.With(fragment, keys.Keys, rung.Passage, name);
        var compiled = source.Compile(fragment.Id, plan, tables);
        return sent.IsEmpty
            ? compiled
            : compiled with
            {
                Keys = new SentKeys(
                    rung.Passage, name, sent, [.. fragment.Reduction!.Columns.Select(column => NaturalStorage.IsNatural(column.Storage, column.Type) ? column.Storage : NaturalStorage.Of(column.Type))]),
            };
    }

    private static bool CanWrite(ImmutableArray<ImmutableArray<Literal>> keys, IRemoteSource source)
        => source.Capabilities.NulInText.Verdict == PushdownVerdict.Full || !keys.Any(key => key.Any(part => part is StringLiteral text && text.Value.Contains('\0', StringComparison.Ordinal)));
}
