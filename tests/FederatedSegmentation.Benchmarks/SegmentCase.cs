namespace FederatedSegmentation.Benchmarks;

/// <summary>A question, asked as a segment and as the best statement that a person would write for it.</summary>
/// <param name="Id">The segment's id.</param>
/// <param name="Definition">What follows <c>segment:</c> in its file.</param>
/// <param name="Statement">The statement, without its order; it returns the key's column once per member.</param>
internal sealed record SegmentCase(string Id, string Definition, string Statement);

/// <summary>Tables as Parquet files and questions about them.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Model">The model file's text.</param>
/// <param name="Key">The key's column.</param>
/// <param name="AsOf">The instant of every run.</param>
/// <param name="Cases">The questions.</param>
internal sealed record Dataset(string Name, string Model, string Key, DateTimeOffset AsOf, IReadOnlyList<SegmentCase> Cases);
