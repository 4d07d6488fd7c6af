using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Testing.Postgres;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Cases that once failed, shrunk and kept in <c>conformance/regressions</c>; each runs over every placing that can hold it.</summary>
public sealed class RegressionTests(ITestOutputHelper output)
{
    private static readonly string Folder = FindFolder();

    private static readonly Placing[] Places = [.. Placing.All, Placing.InFabric];

    public static TheoryData<string, string> OverFiles => Cases(placing => !placing.HasRemotes);

    public static TheoryData<string, string> OverPostgres => Cases(placing => placing.HasRemotes && placing != Placing.InFabric);

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(file => Path.GetFileNameWithoutExtension(file)!)];

    public static TheoryData<string, string> OverFabric => Cases(placing => placing == Placing.InFabric);

    [Theory]
    [MemberData(nameof(OverFiles))]
    public Task A_kept_case_gives_the_members_of_the_oracle_over_files(string name, string placing) => CheckAsync(name, placing);

    [PostgresTheory]
    [MemberData(nameof(OverPostgres))]
    public Task A_kept_case_gives_the_members_of_the_oracle_over_postgresql(string name, string placing) => CheckAsync(name, placing);

    [WarehouseTheory]
    [MemberData(nameof(OverFabric))]
    public Task A_kept_case_gives_the_members_of_the_oracle_over_fabric(string name, string placing) => CheckAsync(name, placing);

    [FederatedTheory]
    [MemberData(nameof(Names))]
    public async Task A_kept_case_gives_the_members_of_the_oracle_over_all_sources_at_once(string name) => await CheckAsync(name, await FederatedPlacing.OpenAsync(output, CancellationToken.None));

    private static Task CheckAsync(string name, string placing) => CheckAsync(name, Places.Single(candidate => candidate.Name == placing));

    private static async Task CheckAsync(string name, Placing placing)
    {
        var kept = await ReadAsync(name);
        var difference = await CaseComparison.RunAsync(kept, placing, await placing.OpenAsync(CancellationToken.None), CancellationToken.None);
        Assert.True(difference is null, $"{difference?.Kind}: {difference?.Text}");
    }

    private static TheoryData<string, string> Cases(Func<Placing, bool> isPlace)
    {
        var cases = new TheoryData<string, string>();
        foreach (var file in Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal))
        {
            var kept = CaseText.Read(File.ReadAllText(file));
            foreach (var placing in Places.Where(placing => isPlace(placing) && placing.Takes(kept)))
            {
                cases.Add(Path.GetFileNameWithoutExtension(file), placing.Name);
            }
        }

        return cases;
    }

    private static async Task<GeneratedCase> ReadAsync(string name) => CaseText.Read(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json")));

    private static string FindFolder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "FederatedSegmentation.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        }

        return Path.Combine(root.FullName, "conformance", "regressions");
    }
}
