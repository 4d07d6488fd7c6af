using System.Diagnostics;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>What a program answered.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);

/// <summary>Runs programs as a user does: as a process, in the root of the checkout.</summary>
internal static class CommandLine
{
    /// <summary>Runs a program to its end and keeps what it wrote.</summary>
    public static Task<CommandResult> RunAsync(string program, params string[] arguments) => RunInAsync(Repository.Root, program, arguments);

    /// <summary>Runs a program to its end in the given working directory.</summary>
    public static Task<CommandResult> RunInAsync(string directory, string program, params string[] arguments) => RunInAsync(directory, [], program, arguments);

    /// <summary>Runs a program to its end in the given working directory, with variables of the environment beside those of the tests.</summary>
    public static async Task<CommandResult> RunInAsync(string directory, IEnumerable<KeyValuePair<string, string>> environment, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CommandResult(process.ExitCode, await output, await errors);
    }

    /// <summary>The product that was built with these tests.</summary>
    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "fedseg.dll");

    /// <summary>Runs the product's own executable that was built with these tests.</summary>
    public static Task<CommandResult> FedsegAsync(params string[] arguments) => FedsegInAsync(Repository.Root, arguments);

    /// <summary>Runs the product's own executable in the given working directory.</summary>
    public static Task<CommandResult> FedsegInAsync(string directory, params string[] arguments)
        => RunInAsync(directory, "dotnet", [Executable, .. arguments]);
}
