using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using FederatedSegmentation.Conformance.Oracle.Definitions;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Evaluation;

/// <summary>Ranks the members of a segment, gives them tiers, and says which arm of a split a key falls into.</summary>
internal sealed class DistributionEvaluator(Database database, PredicateEvaluator predicates, AggregateEvaluator aggregates, Findings findings)
{
    private const uint Buckets = 10_000;
    private const double AverageTolerance = 1e-12;

    /// <summary>The truth of every key after rank and tiers, and the tier of every member that has one; keys by their match texts.</summary>
    public (IReadOnlyDictionary<string, Truth> Members, IReadOnlyDictionary<string, string> Tiers) Apply(
        Entity of, Distribution distribution, IReadOnlyDictionary<string, Truth> truths)
    {
        var tiers = new Dictionary<string, string>();
        if (distribution.Rank.Count == 0 && distribution.Tiers is null)
        {
            return (truths, tiers);
        }

        var rows = StandingRows(of);
        var members = truths.Where(pair => pair.Value != Truth.False).Select(pair => rows[pair.Key]).ToList();
        var isOpen = truths.Values.Contains(Truth.DataError);
        try
        {
            foreach (var layer in distribution.Rank)
            {
                members = Survivors(layer, members);
            }

            if (distribution.Tiers is { } definitions)
            {
                members = Fill(definitions, members, tiers);
            }
        }
        catch (BrokenOrderException)
        {
            isOpen = true;
        }

        // Whoever may be a member is open if one is: a place in an order hangs on all the others.
        var kept = members.Select(PredicateEvaluator.KeyText).ToHashSet();
        return (truths.ToDictionary(
            pair => pair.Key,
            pair => pair.Value == Truth.False ? Truth.False : isOpen ? Truth.DataError : TruthTables.Of(kept.Contains(pair.Key))), tiers);
    }

    /// <summary>The arm and the bucket of a key in canonical text.</summary>
    public static (string Arm, int Bucket) Place(Split split, string key)
    {
        var bucket = Bucket(split.Salt, key);
        var first = 0;
        foreach (var arm in split.Arms)
        {
            first += arm.Buckets;
            if (bucket < first)
            {
                return (arm.Name, bucket);
            }
        }

        throw new InvalidOperationException("The arms of a split have all the buckets.");
    }

    /// <summary>The first eight hexadecimal digits of a hash are its first four bytes.</summary>
    public static int Bucket(string salt, string key) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(MD5.HashData(Encoding.UTF8.GetBytes($"{salt}:{key}"))) % Buckets);

    /// <summary>For every key the row with the least values column by column, NULLs last; the key columns are equal anyway.</summary>
    private Dictionary<string, Row> StandingRows(Entity of)
    {
        var standing = new Dictionary<string, Row>();
        foreach (var group in database.Rows(of).Where(row => PredicateEvaluator.KeyText(row) is not null).GroupBy(row => PredicateEvaluator.KeyText(row)!))
        {
            var least = group.Aggregate((best, next) => ValueOrder.CompareKeys(next.Values, best.Values) < 0 ? next : best);
            if (group.Any(row => Database.DifferOnlyInNullAndNaN(row, least)))
            {
                findings.MarkUnspecified("Rows of one key differ only in NULL and NaN, and one of them stands for the key.");
            }

            standing.Add(group.Key, least);
        }

        return standing;
    }

    private List<Row> Survivors(RankLayer layer, List<Row> members)
    {
        var kept = new List<Row>();
        foreach (var group in members.GroupBy(row => ValueOrder.MatchText(layer.Per.Select(field => Read(row, field)))))
        {
            var ordered = InOrder(layer.By, group);
            var take = (int)BigInteger.Min(layer.Take.Of(ordered.Count), ordered.Count);
            while (layer.KeepsTies && take > 0 && take < ordered.Count && CompareBy(layer.By, ordered[take - 1], ordered[take]) == 0)
            {
                take++;
            }

            kept.AddRange(ordered.Take(take).Select(entry => entry.Row));
        }

        return kept;
    }

    private List<Row> Fill(IReadOnlyList<Tier> definitions, List<Row> members, Dictionary<string, string> tiers)
    {
        var left = members;
        foreach (var tier in definitions)
        {
            var asked = left.Select(row => (Row: row, Truth: tier.Where is null ? Truth.True : predicates.Holds(tier.Where, new Scope(row, null)))).ToList();
            if (asked.Any(pair => pair.Truth == Truth.DataError))
            {
                throw new BrokenOrderException();
            }

            var taken = InOrder(tier.By, asked.Where(pair => pair.Truth == Truth.True).Select(pair => pair.Row))
                .Take(tier.Cap is { } cap ? (int)Math.Min(cap, members.Count) : members.Count)
                .Select(entry => entry.Row)
                .ToHashSet();
            foreach (var row in taken)
            {
                tiers.Add(PredicateEvaluator.KeyText(row)!, tier.Name);
            }

            left = left.Where(row => !taken.Contains(row)).ToList();
        }

        return members.Except(left).ToList();
    }

    private List<Entry> InOrder(IReadOnlyList<OrderKey> by, IEnumerable<Row> rows) => rows
        .Select(row => new Entry(row, by.Select(key => Compute(key, row)).ToList()))
        .Order(Comparer<Entry>.Create((left, right) =>
        {
            var order = CompareBy(by, left, right);
            return order != 0 ? order : ValueOrder.CompareKeys(left.Row.Key.ToList(), right.Row.Key.ToList());
        }))
        .ToList();

    private int CompareBy(IReadOnlyList<OrderKey> by, Entry left, Entry right)
    {
        for (var i = 0; i < by.Count; i++)
        {
            var (a, b) = (left.By[i], right.By[i]);
            MarkNear(a, b);
            var order = ValueOrder.CompareNullsLast(a.Value, b.Value, by[i].Descending);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>Sums of float64 may come out in another order if additions do, and averages that differ in the thirteenth digit may look equal.</summary>
    private void MarkNear(OrderValue left, OrderValue right)
    {
        if (left.Value.IsNullOrNaN || right.Value.IsNullOrNaN)
        {
            return;
        }

        var slack = left.Slack + right.Slack;
        if (slack > 0 && (double.IsInfinity(slack) || Math.Abs(ExactNumber.ToDouble(left.Value) - ExactNumber.ToDouble(right.Value)) <= slack))
        {
            findings.MarkUnspecified("Float64 aggregates that order members lie too near to each other.");
        }

        if (left.Value is Value.Average || right.Value is Value.Average)
        {
            var (a, b) = (ExactNumber.ToDouble(left.Value), ExactNumber.ToDouble(right.Value));
            if (!ValueOrder.AreEqual(left.Value, right.Value) && Math.Abs(a - b) <= AverageTolerance * Math.Max(Math.Abs(a), Math.Abs(b)))
            {
                findings.MarkUnspecified("Averages that order members lie too near to each other.");
            }
        }
    }

    private OrderValue Compute(OrderKey key, Row row)
    {
        if (key is FieldOrderKey field)
        {
            return new OrderValue(Read(row, field.Field), 0);
        }

        var aggregate = (AggregateOrderKey)key;
        var scope = new Scope(row, null);
        var rows = new List<Row>();
        foreach (var related in database.Related(row, aggregate.Path))
        {
            var truth = aggregate.Where is null ? Truth.True : predicates.Holds(aggregate.Where, new Scope(related, scope));
            if (truth == Truth.DataError)
            {
                throw new BrokenOrderException();
            }

            if (truth == Truth.True)
            {
                rows.Add(related);
            }
        }

        var result = aggregates.Compute(aggregate.Aggregate, rows);
        return result.IsBroken ? throw new BrokenOrderException()
            : new OrderValue(result.Value, result.Slack > 0 && AddsExactly(aggregate.Aggregate, rows) ? 0 : result.Slack);
    }

    /// <summary>Whether every order of additions gives the same: all sums are whole multiples of one power of two and have at most 53 digits of it.</summary>
    private bool AddsExactly(AggregateValue aggregate, IEnumerable<Row> rows)
    {
        const int FractionDigits = 20;
        var limit = Math.Pow(2, 53 - FractionDigits);
        var numbers = rows.SelectMany(row => database.Related(row, aggregate.Field!.Path))
            .Select(row => row[aggregate.Field!.Column])
            .Where(value => !value.IsNullOrNaN)
            .Select(ExactNumber.ToDouble)
            .ToList();
        return numbers.All(number => Math.Abs(number) < limit && Math.Floor(number * (1 << FractionDigits)) == number * (1 << FractionDigits))
            && numbers.Sum(Math.Abs) < limit;
    }

    private Value Read(Row row, FieldPath field) =>
        database.ReadOne(row, field, "rank or tiers", findings) ?? throw new BrokenOrderException();

    private sealed record OrderValue(Value Value, double Slack);

    private sealed record Entry(Row Row, IReadOnlyList<OrderValue> By);

    /// <summary>A value that an order hangs on cannot be had; the data error is noted where it was found.</summary>
    private sealed class BrokenOrderException : Exception;
}
