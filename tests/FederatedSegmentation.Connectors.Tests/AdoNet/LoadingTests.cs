using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Tests.AdoNet;

public sealed class LoadingTests
{
    private const string Broken = "FederatedSegmentation.Testing.Drivers";

    [Theory]
    [InlineData("", "CFG006", "does not name a type and its assembly")]
    [InlineData("Npgsql.NpgsqlFactory", "CFG006", "does not name a type and its assembly")]
    [InlineData("Npgsql.NpgsqlFactory, ,,", "CFG006", "names no assembly")]
    [InlineData("Npgsql.NpgsqlFactory, NoSuchDriver", "CFG013", "has no NoSuchDriver.dll")]
    [InlineData("Npgsql.Factory, Npgsql", "CFG013", "has no type Npgsql.Factory. Its factories: Npgsql.NpgsqlFactory.")]
    [InlineData("Npgsql.NpgsqlConnection, Npgsql", "CFG013", "is not a DbProviderFactory")]
    [InlineData($"{Broken}.NotAFactory, {Broken}", "CFG013", "is not a DbProviderFactory")]
    [InlineData($"{Broken}.FactoryWithoutInstance, {Broken}", "CFG013", "has no public static field Instance")]
    [InlineData($"{Broken}.FactoryThatFails, {Broken}", "CFG013", "does not start")]
    public async Task A_driver_that_cannot_be_used_is_a_wrong_setting(string factory, string code, string what)
    {
        await using var transport = Through.Open(new DriverOptions(factory, DriverFolder.Path, () => "Password=tiger"));
        Assert.Equal(CheckOutcome.Failed, transport.Check().Outcome);
        var refused = await Assert.ThrowsAsync<FederatedSegmentationException>(() => transport.ReadAsync(Stage.Settings, "a test", default, ("SELECT 1", _ => { })));
        var problem = Assert.Single(refused.Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(what, problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("tiger", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_and_a_file_that_is_no_assembly_are_named()
    {
        var folder = Directory.CreateTempSubdirectory("fedseg-driver").FullName;
        try
        {
            Assert.Contains("is not there", Through.Open(new DriverOptions("A.B, C", Path.Combine(folder, "gone"), () => "")).Check().Detail, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, "C.dll"), "not an assembly");
            Assert.Contains("does not load", Through.Open(new DriverOptions("A.B, C", folder, () => "")).Check().Detail, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_factory_that_makes_no_connections_is_a_wrong_setting()
    {
        await using var transport = Through.Open(new DriverOptions($"{Broken}.FactoryOfNothing, {Broken}", DriverFolder.Path, () => ""));
        var refused = await Assert.ThrowsAsync<FederatedSegmentationException>(() => transport.ReadAsync(Stage.Settings, "a test", default, ("SELECT 1", _ => { })));
        Assert.Equal("CFG013", refused.Problems[0].Code);
    }

    [Fact]
    public void A_driver_may_be_named_by_its_assembly_and_has_a_version()
    {
        var driver = Through.Sqlite() with { Path = Path.Combine(DriverFolder.Path, "Microsoft.Data.Sqlite.dll") };
        Assert.Equal(new ConnectionCheck("Driver", CheckOutcome.Passed, "Microsoft.Data.Sqlite.SqliteFactory 10.0.14.0 is loaded."), Through.Open(driver).Check());
    }

    [Fact]
    public async Task A_folder_without_a_list_of_what_lies_where_is_searched_native_libraries_too()
    {
        // What is loaded cannot be removed everywhere before the process has ended: a folder of the build's, made anew by each run.
        var folder = Path.Combine(AppContext.BaseDirectory, "searched-drivers");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var file in Directory.GetFiles(DriverFolder.Path, "*.dll", SearchOption.AllDirectories).Concat(Directory.GetFiles(DriverFolder.Path, "*e_sqlite3*", SearchOption.AllDirectories)).Distinct())
        {
            if (Path.GetFileName(file) is var name && (name.Contains("qlite", StringComparison.OrdinalIgnoreCase)))
            {
                var copy = Path.Combine(folder, Path.GetRelativePath(DriverFolder.Path, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }

        await using var transport = Through.Open(Through.Sqlite() with { Path = folder });
        using var batch = await transport.BatchAsync(Through.Fragment("SELECT 7", new Model.Types.StoredInteger()));
        Assert.Equal(7, batch.Columns[0].Values<long>()[0]);
    }
}
