namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Randomness that a seed repeats on every machine and runtime. Not safe for use by several threads.</summary>
public sealed class SeededRandom(int seed)
{
    // With a seed, System.Random keeps its algorithm for compatibility.
    private readonly Random _random = new(seed);

    public int Seed { get; } = seed;

    /// <summary>A number from 0 up to but without <paramref name="bound"/>.</summary>
    public int Below(int bound) => _random.Next(bound);

    /// <summary>A number between the two, both included.</summary>
    public int Between(int low, int high) => _random.Next(low, high + 1);

    public long Between(long low, long high) => _random.NextInt64(low, high + 1);

    public double Fraction() => _random.NextDouble();

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>One of the choices, as often as its weight says.</summary>
    public T Weighted<T>(params (double Weight, T Choice)[] choices)
    {
        var at = _random.NextDouble() * choices.Sum(choice => choice.Weight);
        foreach (var (weight, choice) in choices)
        {
            if (at < weight)
            {
                return choice;
            }

            at -= weight;
        }

        return choices[^1].Choice;
    }

    public IReadOnlyList<T> Shuffled<T>(IEnumerable<T> items)
    {
        var array = items.ToArray();
        _random.Shuffle(array);
        return array;
    }

    /// <summary>A seed for a generator of its own.</summary>
    public int NextSeed() => _random.Next();
}
