using System.Diagnostics;
using Xunit;

namespace FederatedSegmentation.Architecture.Tests;

/// <summary>A small tree of projects under a copy of the repository's law, each of which breaks it, built once.</summary>
public sealed class LawlessBuild : IAsyncLifetime
{
    private static readonly string[] Law = ["Directory.Build.targets", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig", "global.json"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fedseg-law");

    /// <summary>What the build said.</summary>
    public string Output { get; private set; } = "";

    /// <summary>Builds.</summary>
    public async Task InitializeAsync()
    {
        foreach (var file in Law)
        {
            File.Copy(Path.Combine(Checkout.Root, file), Path.Combine(_folder.FullName, file));
        }

        Project("FederatedSegmentation.Arrow", "", ("Hub.cs", string.Concat(Enumerable.Repeat("// line\n", 601))), ("Long.cs", string.Concat(Enumerable.Repeat("// line\n", 600))));
        Project("FederatedSegmentation.Model", "<ProjectReference Include=\"../FederatedSegmentation.Arrow/FederatedSegmentation.Arrow.csproj\" />");
        Project("FederatedSegmentation.Unheard", "");
        // The compiler looks for docstrings last, and only where nothing else is wrong.
        Project("FederatedSegmentation.Planning", "", ("Undocumented.cs", "namespace Lawless;\n\npublic sealed class Undocumented;\n"));
        Project("FederatedSegmentation.Sql", "", ("Lawless.cs", """
            namespace Lawless
            {
                internal class Lawless
                {
                    private readonly System.DateTime _now = System.DateTime.UtcNow;
                    private int Unused() => 1;
                    internal System.DateTimeOffset Now => System.DateTimeOffset.Now.AddTicks(_now.Ticks);
                    internal void Wait(Task<int> task)
                    {
                        string none = null;
                        Thread.Sleep(none?.Length ?? 1);
                        task.Wait();
                        _ = task.Result;
                    }

                    internal async Task<int> CountAsync(Stream stream, CancellationToken cancellationToken)
                    {
                        try
                        {
                            return await stream.ReadAsync(new byte[1]);
                        }
                        catch (Exception)
                        {
                            return 0;
                        }
                    }
                }
            }
            """));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "all.proj"), """
            <Project>
              <ItemGroup><All Include="src/*/*.csproj" /></ItemGroup>
              <Target Name="Restore"><MSBuild Projects="@(All)" Targets="Restore" Properties="Restoring=true" /></Target>
              <Target Name="Build"><MSBuild Projects="@(All)" Targets="Build" ContinueOnError="ErrorAndContinue" /></Target>
            </Project>
            """);

        var start = new ProcessStartInfo("dotnet", ["msbuild", "all.proj", "-t:Build", "-restore", "-nologo", "-v:q", "-nodeReuse:false", "-p:RestoreLockedMode=false", "-p:NuGetAudit=false"])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDTERMINALLOGGER"] = "off";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        Output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.NotEqual(0, process.ExitCode);
    }

    /// <summary>Asserts that the build failed for a reason.</summary>
    public void Refused(string code, string what)
        => Assert.True(Output.Split('\n').Any(line => line.Contains($"error {code}:", StringComparison.Ordinal) && line.Contains(what, StringComparison.Ordinal)), $"No {code} with '{what}' in:\n{Output}");

    /// <summary>Removes the tree.</summary>
    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    private void Project(string name, string references, params ReadOnlySpan<(string File, string Text)> files)
    {
        var folder = _folder.CreateSubdirectory($"src/{name}").FullName;
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>{references}</ItemGroup>
            </Project>
            """);
        foreach (var (file, text) in files)
        {
            File.WriteAllText(Path.Combine(folder, file), text);
        }
    }
}
