using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

public sealed class BigQueryPropertyTests(ITestOutputHelper output)
{
    private static readonly Placing InBigQuery = new("bigquery", FileForm.Csv, (_, _) => true, BigQueryRemote.CreateAsync);

    private static readonly Placing InFilesAndBigQuery = new(
        "files-and-bigquery", FileForm.Varied, (seed, entity) => StableHash.Of(seed, "place", entity) % 2 == 0, BigQueryRemote.CreateAsync);

    // A column of BigQuery cannot be called whatever other sources allow.
    private static GeneratorOptions Options(int seed) => Mixture.Of(seed, nulCharacters: true) with { OddStoredNames = false };

    [WarehouseFact]
    public Task Members_over_bigquery_are_those_of_the_oracle()
        => new PropertyRuns(output, InBigQuery, first: 500_001, count: 20).CompareAsync(Options);

    [WarehouseFact]
    public Task Members_over_files_and_bigquery_are_those_of_the_oracle()
        => new PropertyRuns(output, InFilesAndBigQuery, first: 600_001, count: 8).CompareAsync(Options);
}
