using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>
/// Generates rows: foreign keys that mostly match, orphans, junk, NULLs everywhere, duplicate rows, and rows of one key with other values.
/// </summary>
internal sealed class DataGenerator(ModelSchema model, SeededRandom random, GeneratorOptions options, ValueGenerator values)
{
    private readonly Dictionary<string, List<Value[]>> _rows = [];

    public ImmutableArray<GeneratedTable> Generate()
    {
        foreach (var entity in model.Entities.Values)
        {
            _rows.Add(entity.Name, []);
            FillRows(entity);
            if (options.Has(Level2.Hierarchies))
            {
                Entangle(entity);
            }
        }

        return
        [
            .. model.Entities.Values.Select(entity => new GeneratedTable(
                entity.Name,
                [.. entity.Columns.Select(column => new GeneratedColumn(column.Name, column.StoredName, column.Type.ToString(), column.Zone))],
                [.. random.Shuffled(_rows[entity.Name]).Select(row => row.ToImmutableArray())])),
        ];
    }

    private void FillRows(Entity entity)
    {
        var rows = _rows[entity.Name];
        var links = model.Relationships.SelectMany(relationship => LinksOf(entity, relationship)).ToList();
        var pools = entity.Columns.Select(column => Enumerable.Range(0, random.Between(3, 9)).Select(_ => values.Fresh(column)).ToList()).ToList();
        if (entity.Time is { } time && options.Has(Level2.Pick | Level2.Seq | Level2.Regular))
        {
            pools[time.Ordinal] = values.EventTimes(time).ToList();
        }

        var nullShares = entity.Columns.Select(_ => random.Pick([0, 0.05, 0.1, 0.3])).ToList();
        var (sameRow, sameKey) = random.Weighted((0.5, (0.0, 0.0)), (0.25, (0.08, 0.0)), (0.25, (0.06, 0.1)));
        if (entity.Dedupe is not null)
        {
            sameKey = 0.3;
        }

        var nullKeys = random.Pick([0, 0.04]);
        var target = random.Chance(0.03) ? 0 : random.Between(Math.Min(12, options.MaxRows), options.MaxRows);
        while (rows.Count < target)
        {
            if (rows.Count > 0 && random.Chance(sameRow))
            {
                rows.Add((Value[])random.Pick(rows).Clone());
                continue;
            }

            var row = new Value[entity.Columns.Count];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = random.Chance(nullShares[i]) ? Value.Null : random.Chance(0.85) ? random.Pick(pools[i]) : values.Fresh(entity.Columns[i]);
            }

            foreach (var key in entity.Key)
            {
                row[key.Ordinal] = KeyPart(key, rows.Count);
            }

            foreach (var link in links)
            {
                FollowLink(row, link, rows);
            }

            if (rows.Count > 0 && random.Chance(sameKey))
            {
                var twin = random.Pick(rows);
                foreach (var key in entity.Key)
                {
                    row[key.Ordinal] = twin[key.Ordinal];
                }
            }

            foreach (var key in entity.Key.Where(_ => random.Chance(nullKeys)))
            {
                row[key.Ordinal] = Value.Null;
            }

            // Clean tables keep the promise of their key.
            if (sameKey > 0 || entity.Key.Count == 0 || !rows.Any(other => HaveOneKey(entity, other, row)) || random.Chance(0.02))
            {
                rows.Add(row);
            }
            else
            {
                target--;
            }
        }
    }

    /// <summary>Long chains from row to row, and cycles of several rows and of one.</summary>
    private void Entangle(Entity entity)
    {
        var rows = _rows[entity.Name];
        foreach (var relationship in model.Relationships.Where(candidate => candidate.From == entity && candidate.To == entity && rows.Count > 0))
        {
            for (var i = 1; i < rows.Count; i++)
            {
                var other = random.Weighted((0.5, -1), (0.35, i - 1), (0.1, random.Below(rows.Count)), (0.05, i));
                foreach (var (own, target) in relationship.On.Where(pair => other >= 0 && pair.From.Ordinal != pair.To.Ordinal && !entity.Key.Contains(pair.From)))
                {
                    rows[i][own.Ordinal] = Convert(rows[other][target.Ordinal], own);
                }
            }
        }
    }

    /// <summary>Where this entity's columns take their values from: columns of an entity that has its rows already, or of itself.</summary>
    private static IEnumerable<Link> LinksOf(Entity entity, Relationship relationship)
    {
        if (relationship.From == relationship.To)
        {
            return relationship.From == entity ? [new Link(entity, [.. relationship.On])] : [];
        }

        if (relationship.From == entity)
        {
            return [new Link(relationship.To, [.. relationship.On])];
        }

        return relationship.To == entity ? [new Link(relationship.From, [.. relationship.On.Select(pair => (pair.To, pair.From))])] : [];
    }

    private void FollowLink(Value[] row, Link link, List<Value[]> ownRows)
    {
        if (!_rows.TryGetValue(link.Other.Name, out var others) || others.Count == 0)
        {
            return;
        }

        // Few rows of the other side are favoured, so that some have many related rows and others none.
        var other = random.Chance(0.6) ? others[random.Below((others.Count + 1) / 2)] : random.Pick(others);
        var fate = random.Weighted((0.78, 0), (0.08, 1), (0.06, 2), (0.08, 3));
        foreach (var (own, target) in link.On)
        {
            // A key column is overwritten only by the links of a link entity, never by a link to itself.
            if (ReferenceEquals(others, ownRows) && own.Ordinal == target.Ordinal)
            {
                continue;
            }

            row[own.Ordinal] = fate switch
            {
                0 => Convert(other[target.Ordinal], own),
                1 => Value.Null,
                2 => Junk(own),
                _ => values.Fresh(own),
            };
        }
    }

    private Value KeyPart(Column key, int number)
    {
        switch (key.Type.Kind)
        {
            case TypeKind.Int64 when random.Chance(0.9):
                return Value.Of((long)number + random.Below(20));
            case TypeKind.Decimal when random.Chance(0.9):
                return new Value.Decimal((number * BigInteger.Pow(10, key.Type.Scale) / 2) + random.Below(3), key.Type.Scale);
            case TypeKind.String when random.Chance(0.8):
                var digits = random.Between(1, Math.Max(2, number + 5)).ToString(CultureInfo.InvariantCulture);
                return Value.Of(random.Pick([digits, digits, digits.PadLeft(3, '0'), "c" + digits, "C" + digits, digits + " ", "é" + digits, "e\u0301" + digits, "😀" + digits, "a|" + digits]));
            case TypeKind.Binary:
                return new Value.Binary((number + random.Below(3)).ToString("x4", CultureInfo.InvariantCulture));
            default:
                return values.Fresh(key);
        }
    }

    private Value Junk(Column column) => column.Type.Kind switch
    {
        TypeKind.String => Value.Of(random.Pick(["", "unknown", "0", "null"])),
        TypeKind.Int64 => Value.Of(random.Pick([0L, -1L, 999_999L])),
        TypeKind.Decimal => new Value.Decimal(BigInteger.Zero, column.Type.Scale),
        _ => values.Fresh(column),
    };

    private Value Convert(Value value, Column target) => (value, target.Type.Kind) switch
    {
        (Value.Integer integer, TypeKind.String) => Value.Of(
            (random.Chance(0.1) ? "0" : "") + integer.Number.ToString(CultureInfo.InvariantCulture)),
        (Value.Integer integer, TypeKind.Decimal) when DigitsFit(integer.Number, target.Type) =>
            new Value.Decimal(integer.Number * BigInteger.Pow(10, target.Type.Scale), target.Type.Scale),
        (Value.Integer, TypeKind.Decimal) => Value.Null,
        (Value.Text text, TypeKind.Int64) => long.TryParse(text.Characters, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? Value.Of(number)
            : values.Fresh(target),
        _ => value,
    };

    private static bool DigitsFit(long number, DataType type) => ExactNumber.DigitCount(number) + type.Scale <= type.Precision;

    private static bool HaveOneKey(Entity entity, Value[] left, Value[] right) =>
        entity.Key.All(key => !left[key.Ordinal].IsNull && !right[key.Ordinal].IsNull
            && ValueOrder.AreEqual(left[key.Ordinal], right[key.Ordinal]));

    private sealed record Link(Entity Other, IReadOnlyList<(Column Own, Column Target)> On);
}
