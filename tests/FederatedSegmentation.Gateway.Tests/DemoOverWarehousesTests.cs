using System.Diagnostics;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>The demonstration over the local servers of four warehouses.</summary>
public sealed class DemoOverWarehousesTests
{
    [WarehouseFact]
    public async Task The_demonstration_explains_runs_and_times_four_segments_over_four_warehouses()
    {
        await NodeInstallation.RestoreAsync(CancellationToken.None);
        using var workspace = new Workspace();
        var answer = await workspace.RunAsync("demo", "--warehouses", "--folder", "demo");
        Assert.True(answer.ExitCode == 0, answer.Errors + answer.Output);
        Assert.Matches(
            @"^Starting the local servers of four warehouses …\nThey are there: customers in Snowflake, orders in Databricks \(on (Apache Spark|DuckDB)\), events in BigQuery, cases in Fabric\.\nMaking 5,000 customers, 200,000 orders, 40,000 events and 6,000 cases under .+ …\n",
            answer.Output);
        var parts = answer.Output.Split("\n== ")[1..];
        Assert.Equal(["german_vips", "lapsed", "window_shoppers", "angry_regulars"], parts.Select(part => part.Split(':')[0]));
        Assert.All(parts, part =>
        {
            Assert.Contains("residual in duckdb", part, StringComparison.Ordinal);
            Assert.Matches(@"\n[a-z_]+: [1-9][0-9,]* members as of .+ in [0-9,.]+ m?s \(plan [0-9,.]+, fragments [0-9,.]+, residual [0-9,.]+\)\n", part);
            Assert.Matches("first members: [0-9]+, [0-9]+, [0-9]+, [0-9]+, [0-9]+\n  as expected: plain loops over all rows find the same members\n", part);
        });
        Assert.Matches(@"\n  F[0-9] shop: [0-9,]+ rows, [0-9,]+ bytes, [0-9,]+ ms, asked for [0-9,]+ keys \(array\)\n", parts[1]);
        Assert.Matches(@"\n  F[0-9] shop: [0-9,]+ rows, [0-9,]+ bytes, [0-9,]+ ms, asked for [0-9,]+ keys \(list\)\n", parts[3]);
        foreach (var source in new[] { "crm (Snowflake)", "shop (Databricks SQL)", "web (BigQuery)", "desk (T-SQL (Fabric))" })
        {
            Assert.Contains(" at " + source, answer.Output, StringComparison.Ordinal);
        }

        // What it leaves are the definitions, the members, and the settings with their secrets; no data, and no server.
        Assert.Equal(
            [
                "angry_regulars.csv", "appsettings.json", "bigquery.crt", "crm.token", "databricks.crt", "desk.password", "fabric.crt", "german_vips.csv", "lapsed.csv", "model.yaml",
                "segments", "shop.token", "snowflake.crt", "web.json", "window_shoppers.csv",
            ],
            Directory.EnumerateFileSystemEntries(workspace.PathOf("demo")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_a_checkout_it_says_where_the_servers_are_part_of()
    {
        using var installed = new Installed();
        var (code, errors) = await installed.RunAsync(Environment.GetEnvironmentVariable("PATH")!);
        Assert.Equal(2, code);
        Assert.Equal("USE004: The local servers of the warehouses are part of the source code, and there is no folder conformance/servers here or above. Run it in a checkout; 'fedseg demo' alone needs none.\n", errors);
    }

    [Fact]
    public async Task Without_node_it_says_what_to_install()
    {
        using var installed = new Installed();
        installed.AddServers();
        var (code, errors) = await installed.RunAsync(installed.Folder);
        Assert.Equal(2, code);
        Assert.Equal("USE004: The local servers of the warehouses need Node.js, and 'node' does not run here. Install Node.js 20 or newer with npm; 'fedseg demo' alone needs none.\n", errors);
    }

    [WarehouseFact]
    public async Task Without_the_npm_packages_it_says_how_to_get_them()
    {
        using var installed = new Installed();
        var servers = installed.AddServers();
        var (code, errors) = await installed.RunAsync(Environment.GetEnvironmentVariable("PATH")!);
        Assert.Equal(2, code);
        Assert.Equal($"USE004: The npm packages of the local servers of the warehouses are not there. Run 'npm ci' in {servers}.\n", errors);
    }

    /// <summary>The command as it is installed: its own files, somewhere.</summary>
    private sealed class Installed : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fedseg-installed");

        public Installed()
        {
            foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
            {
                File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
            }
        }

        public string Folder => _folder.FullName;

        public string AddServers()
        {
            var servers = Directory.CreateDirectory(Path.Combine(Folder, "conformance", "servers")).FullName;
            File.WriteAllText(Path.Combine(servers, "main.js"), "");
            return servers;
        }

        public async Task<(int Code, string Errors)> RunAsync(string path)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, ["exec", Path.Combine(Folder, "fedseg.dll"), "demo", "--warehouses"])
            {
                WorkingDirectory = Folder,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            start.Environment["PATH"] = path;
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            await output;
            return (process.ExitCode, errors);
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
