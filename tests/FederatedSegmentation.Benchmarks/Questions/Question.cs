using System.Collections.Immutable;

namespace FederatedSegmentation.Benchmarks.Questions;

/// <summary>A question, asked as a segment and as the best statements that a person would write for it.</summary>
/// <param name="Id">The segment's id.</param>
/// <param name="Definition">The segment's predicate, which follows <c>where:</c> in its file, and whatever follows that.</param>
/// <param name="Statements">
/// Statements without an order, each of which returns the key's column once per member, and the columns that tiers and splits add; <c>'name.parquet'</c> is a file of the dataset. The one that is
/// fastest on the machine is what the gateway is compared with.
/// </param>
internal sealed record Question(string Id, string Definition, params ImmutableArray<string> Statements);

/// <summary>Tables as Parquet files and questions about them.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Model">The model file's text.</param>
/// <param name="Entity">Whose keys the members are.</param>
/// <param name="Key">The key's column.</param>
/// <param name="AsOf">The instant of every run.</param>
/// <param name="Questions">The questions.</param>
internal sealed record Dataset(string Name, string Model, string Entity, string Key, DateTimeOffset AsOf, ImmutableArray<Question> Questions)
{
    /// <summary>The greatest ratio to the best statement that is good enough.</summary>
    internal double Goal { get; init; } = 1.3;

    /// <summary>The datasets, by their name.</summary>
    internal static Dataset Find(string name) => new[] { Shop.Dataset, Tpch.Dataset, Behaviour.Dataset }.First(dataset => dataset.Name == name);
}
