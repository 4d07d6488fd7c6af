using System.Collections.Immutable;
using System.Numerics;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Shrinking;

/// <summary>
/// Makes a failing case small: fewer rows, simpler predicates, no segments, entities, relationships or columns that do not matter, plain values.
/// Every step keeps the failure, keeps the definitions valid for the oracle, and never leaves what the language specifies.
/// </summary>
public sealed class CaseShrinker
{
    private readonly Func<GeneratedCase, Task<bool>> _stillFails;
    private GeneratedCase _smallest;
    private int _attemptsLeft;

    private CaseShrinker(GeneratedCase failing, Func<GeneratedCase, Task<bool>> stillFails, int attempts) =>
        (_smallest, _stillFails, _attemptsLeft) = (failing, stillFails, attempts);

    /// <param name="failing">A case for which <paramref name="stillFails"/> gives true.</param>
    /// <param name="stillFails">Runs a case and says whether it shows the same failure.</param>
    /// <param name="attempts">How many times <paramref name="stillFails"/> is called at most.</param>
    /// <param name="cancellationToken">Ends the shrinking by <see cref="OperationCanceledException"/>.</param>
    /// <returns>The smallest case found that still fails.</returns>
    public static async Task<GeneratedCase> ShrinkAsync(
        GeneratedCase failing, Func<GeneratedCase, Task<bool>> stillFails, int attempts, CancellationToken cancellationToken)
    {
        var shrinker = new CaseShrinker(failing, stillFails, attempts);
        await shrinker.ShrinkAsync(cancellationToken);
        return shrinker._smallest;
    }

    private async Task ShrinkAsync(CancellationToken cancellationToken)
    {
        bool progress;
        do
        {
            progress = await DropRowsAsync(cancellationToken);
            progress |= await TakeAllAsync(DropSegments, cancellationToken);
            progress |= await TakeAllAsync(SimplifySegments, cancellationToken);
            progress |= await TakeAllAsync(ParameterSimplifier.Of, cancellationToken);
            progress |= await TakeAllAsync(SimplifyModel, cancellationToken);
            progress |= await TakeAllAsync(SimplifyColumns, cancellationToken);
        }
        while (progress && _attemptsLeft > 0);
        if (CellCount() <= 150)
        {
            await TakeAllAsync(SimplifyCells, cancellationToken);
        }
    }

    private int CellCount() => _smallest.Tables.Sum(table => table.Rows.Length * table.Columns.Length);

    /// <summary>Takes every step that keeps the failure; after one, the steps of the smaller case are tried from the same place on.</summary>
    private async Task<bool> TakeAllAsync(Func<GeneratedCase, IEnumerable<GeneratedCase>> steps, CancellationToken cancellationToken)
    {
        var progress = false;
        var at = 0;
        bool taken;
        do
        {
            taken = false;
            foreach (var candidate in steps(_smallest).Skip(at))
            {
                if (await TakeAsync(candidate, cancellationToken))
                {
                    taken = progress = true;
                    break;
                }

                at++;
            }
        }
        while (taken && _attemptsLeft > 0);
        return progress;
    }

    private async Task<bool> TakeAsync(GeneratedCase step, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var candidate = step.WithoutUnknownParameters();
        if (_attemptsLeft <= 0 || !IsSpecified(candidate))
        {
            return false;
        }

        _attemptsLeft--;
        if (!await _stillFails(candidate))
        {
            return false;
        }

        _smallest = candidate;
        return true;
    }

    private static bool IsSpecified(GeneratedCase candidate)
    {
        try
        {
            return candidate.Evaluate().Unspecified.IsEmpty;
        }
        catch (InvalidDefinitionException)
        {
            // The step removed something that the definitions need.
            return false;
        }
        catch (KeyNotFoundException)
        {
            // A relationship names an entity that the step removed.
            return false;
        }
    }

    /// <summary>Removes rows in pieces: halves first, then ever smaller ones down to single rows.</summary>
    private async Task<bool> DropRowsAsync(CancellationToken cancellationToken)
    {
        var progress = false;
        for (var table = 0; table < _smallest.Tables.Length; table++)
        {
            for (var size = _smallest.Tables[table].Rows.Length; size > 0; size /= 2)
            {
                for (var at = 0; at < _smallest.Tables[table].Rows.Length && _attemptsLeft > 0;)
                {
                    var rows = _smallest.Tables[table].Rows;
                    var fewer = rows.RemoveRange(at, Math.Min(size, rows.Length - at));
                    if (await TakeAsync(WithRows(_smallest, table, fewer), cancellationToken))
                    {
                        progress = true;
                    }
                    else
                    {
                        at += size;
                    }
                }
            }
        }

        return progress;
    }

    private static IEnumerable<GeneratedCase> DropSegments(GeneratedCase generated) => generated.Segments
        .Where(segment => (string?)segment["segment"] != generated.Segment)
        .Select(segment => generated with { Segments = generated.Segments.Remove(segment) })
        .Concat(generated.KeyFiles.Keys.Select(name => generated with { KeyFiles = generated.KeyFiles.Remove(name) }));

    private static IEnumerable<GeneratedCase> SimplifySegments(GeneratedCase generated) =>
        generated.Segments.Reverse().SelectMany(segment => PredicateSimplifier.OfSegment(segment)
            .Select(simpler => generated with { Segments = generated.Segments.Replace(segment, simpler) }));

    /// <summary>Without an entity, a relationship, a column, or a property of them.</summary>
    private static IEnumerable<GeneratedCase> SimplifyModel(GeneratedCase generated)
    {
        foreach (var table in generated.Tables)
        {
            var model = generated.Model.DeepClone();
            model["entities"]!.AsObject().Remove(table.EntityName);
            var relationships = model["relationships"]!.AsArray();
            foreach (var touching in relationships.Where(node => (string)node!["from"]! == table.EntityName || (string)node["to"]! == table.EntityName).ToList())
            {
                relationships.Remove(touching);
            }

            yield return generated with { Model = model, Tables = generated.Tables.Remove(table) };
        }

        for (var i = 0; i < generated.Model["relationships"]!.AsArray().Count; i++)
        {
            var model = generated.Model.DeepClone();
            model["relationships"]!.AsArray().RemoveAt(i);
            yield return generated with { Model = model };
        }

        foreach (var table in generated.Tables)
        {
            foreach (var property in new[] { "dedupe", "time" })
            {
                if (generated.Model["entities"]![table.EntityName]![property] is not null)
                {
                    var model = generated.Model.DeepClone();
                    model["entities"]![table.EntityName]!.AsObject().Remove(property);
                    yield return generated with { Model = model };
                }
            }

            for (var i = 0; i < table.Columns.Length; i++)
            {
                // A table keeps two columns, because a row of one NULL is no line of a CSV file.
                if (table.Columns.Length > 2)
                {
                    var model = generated.Model.DeepClone();
                    model["entities"]![table.EntityName]!["columns"]!.AsObject().Remove(table.Columns[i].LogicalName);
                    var smaller = table with { Columns = table.Columns.RemoveAt(i), Rows = [.. table.Rows.Select(row => row.RemoveAt(i))] };
                    yield return generated with { Model = model, Tables = generated.Tables.Replace(table, smaller) };
                }

                var logical = table.Columns[i].LogicalName;
                if (!table.Columns.Any(column => column.StoredName.Equals(logical, StringComparison.OrdinalIgnoreCase)))
                {
                    var renamed = generated.Model.DeepClone();
                    renamed["entities"]![table.EntityName]!["columns"]![table.Columns[i].LogicalName]!.AsObject().Remove("column");
                    var plain = table with { Columns = table.Columns.SetItem(i, table.Columns[i] with { StoredName = table.Columns[i].LogicalName }) };
                    yield return generated with { Model = renamed, Tables = generated.Tables.Replace(table, plain) };
                }
            }
        }
    }

    /// <summary>A whole column of NULLs, or of one plain value.</summary>
    private static IEnumerable<GeneratedCase> SimplifyColumns(GeneratedCase generated)
    {
        for (var table = 0; table < generated.Tables.Length; table++)
        {
            var rows = generated.Tables[table].Rows;
            for (var column = 0; column < generated.Tables[table].Columns.Length; column++)
            {
                foreach (var plain in new[] { Value.Null, Plain(generated.Tables[table].Columns[column]) })
                {
                    if (rows.Any(row => !row[column].IsNull && row[column] != plain))
                    {
                        var at = column;
                        yield return WithRows(generated, table, [.. rows.Select(row => row.SetItem(at, plain))]);
                    }
                }
            }
        }
    }

    private static IEnumerable<GeneratedCase> SimplifyCells(GeneratedCase generated)
    {
        for (var table = 0; table < generated.Tables.Length; table++)
        {
            var rows = generated.Tables[table].Rows;
            for (var row = 0; row < rows.Length; row++)
            {
                for (var column = 0; column < rows[row].Length; column++)
                {
                    if (!rows[row][column].IsNull)
                    {
                        yield return WithRows(generated, table, rows.SetItem(row, rows[row].SetItem(column, Value.Null)));
                    }
                }
            }
        }
    }

    private static GeneratedCase WithRows(GeneratedCase generated, int table, ImmutableArray<ImmutableArray<Value>> rows) =>
        generated with { Tables = generated.Tables.SetItem(table, generated.Tables[table] with { Rows = rows }) };

    private static Value Plain(GeneratedColumn column)
    {
        var type = DataType.Parse(column.Type);
        return type.Kind switch
        {
            TypeKind.Boolean => Value.Of(false),
            TypeKind.Int64 => Value.Of(1L),
            TypeKind.Decimal => new Value.Decimal(BigInteger.Zero, type.Scale),
            TypeKind.Float64 => Value.Of(1.0),
            TypeKind.String => Value.Of("a"),
            TypeKind.Date => new Value.Date(0),
            TypeKind.Timestamp => new Value.Timestamp(0),
            TypeKind.DateTime => new Value.WallClock(0),
            _ => new Value.Binary("00"),
        };
    }
}
