using System.Globalization;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Testing.Postgres;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The example examples/save_desk, over files and a real PostgreSQL.</summary>
public sealed class SaveDeskTests
{
    private static readonly ExampleFolder Example = ExampleFolder.SaveDesk;

    [PostgresFact]
    public async Task The_members_over_files_and_postgresql_are_those_of_the_SQL_written_by_hand()
    {
        var environment = Environment(await FilledDatabaseAsync());
        await using var sql = await ExampleSql.OpenAsync(Example);
        foreach (var (segment, expected) in Example.Expected)
        {
            var byHand = await sql.LinesAsync(segment, text => text);
            Assert.Equal((segment, expected), (segment, ExpectedMembers.Of(byHand)));
            Assert.Equal((segment, byHand), (segment, await MembersAsync(environment, segment)));
        }
    }

    [PostgresFact]
    public async Task The_score_that_it_takes_may_be_given_to_a_run()
    {
        var environment = Environment(await FilledDatabaseAsync());
        await using var sql = await ExampleSql.OpenAsync(Example);
        foreach (var score in new[] { "0.85", "0.00", "1" })
        {
            var byHand = await sql.LinesAsync("save_desk", text => text.Replace("0.70", score, StringComparison.Ordinal));
            Assert.NotEqual(Example.Expected["save_desk"], ExpectedMembers.Of(byHand));
            Assert.Equal(byHand, await MembersAsync(environment, "save_desk", "--param", $"min_score={score}"));
        }
    }

    [PostgresFact]
    public async Task The_example_passes_the_check_of_its_definitions_and_of_its_data()
    {
        var result = await FedsegAsync(Environment(await FilledDatabaseAsync()), "check", "--data", "--settings", Example.Settings);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    [FactWithPsql]
    public async Task The_commands_of_the_readme_fill_the_tables_and_work()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        var variables = Environment(database);
        var copy = Directory.CreateTempSubdirectory("save-desk-readme");
        try
        {
            var copied = await CommandLine.RunAsync("/bin/cp", "-r", Repository.PathOf("examples"), copy.FullName);
            Assert.True(copied.ExitCode == 0, copied.Errors);
            var export = string.Concat(variables.Select(variable => $"export {variable.Key}='{variable.Value}'\n"));
            foreach (var block in FencedBlock.In("examples/save_desk/README.md").Where(block => block.Info == "sh"))
            {
                var result = await ShellBlock.RunAsync(export + block.Text, copy.FullName);
                Assert.True(result.ExitCode == 0, result.Output + result.Errors);
                Assert.NotEmpty(result.Output);
            }
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>A database with the example's two tables, filled without psql.</summary>
    private static async Task<PostgresDatabase> FilledDatabaseAsync()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        var script = await File.ReadAllLinesAsync(Path.Combine(Example.Path, "database", "tables.sql"));
        await database.ExecuteAsync(string.Join('\n', script.Where(line => line.StartsWith("CREATE", StringComparison.Ordinal))), CancellationToken.None);
        foreach (var table in new[] { "customer", "service_case" })
        {
            var records = CsvText.Parse(await File.ReadAllTextAsync(Path.Combine(Example.Path, "database", $"{table}.csv")));
            await database.CopyAsync([table], [.. records[0].Select(name => name!)], records.Skip(1).Select(record => (IReadOnlyList<object?>)[.. record]), CancellationToken.None);
        }

        return database;
    }

    private static Dictionary<string, string> Environment(PostgresDatabase database)
    {
        var port = database.Server.Port.ToString(CultureInfo.InvariantCulture);
        return new Dictionary<string, string>
        {
            ["PGHOST"] = PostgresServer.Host,
            ["PGPORT"] = port,
            ["PGDATABASE"] = database.Name,
            ["PGUSER"] = PostgresServer.AdminUser,
            ["PGPASSWORD"] = database.Server.AdminPassword,
            ["FEDSEG__Sources__desk__Host"] = PostgresServer.Host,
            ["FEDSEG__Sources__desk__Port"] = port,
            ["FEDSEG__Sources__desk__Database"] = database.Name,
            ["FEDSEG__Sources__desk__Auth__User"] = PostgresServer.AdminUser,
        };
    }

    private static async Task<string> MembersAsync(Dictionary<string, string> environment, string segment, params string[] more)
    {
        var result = await FedsegAsync(environment, ["run", segment, "--settings", Example.Settings, "--as-of", Example.AsOf, "--out", "-", .. more]);
        Assert.True(result.ExitCode == 0, result.Errors);
        var output = result.Output.ReplaceLineEndings("\n");
        return output[(output.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    private static Task<CommandResult> FedsegAsync(Dictionary<string, string> environment, params string[] arguments)
        => CommandLine.RunInAsync(Repository.Root, environment, "dotnet", [CommandLine.Executable, .. arguments]);
}
