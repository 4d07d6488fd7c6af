using System.Diagnostics;
using System.Text;
using FederatedSegmentation.Gateway;
using FederatedSegmentation.Gateway.CommandLine;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>What a program answered.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);

/// <summary>Runs programs as a user does: in the root of the checkout, or where the user is.</summary>
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

    /// <summary>Runs a command of the product in the root of the checkout.</summary>
    public static Task<CommandResult> FedsegAsync(params string[] arguments) => FedsegInAsync(Repository.Root, arguments);

    /// <summary>
    /// Runs a command of the product in the given working directory, in this process: a start of the executable takes longer than most commands. The commands
    /// of the pages, and what is about processes, go by way of the executable.
    /// </summary>
    public static Task<CommandResult> FedsegInAsync(string directory, params string[] arguments) => FedsegInAsync(directory, [], arguments);

    /// <summary>The same with variables of the environment for the settings. Secrets are read from the environment of this process.</summary>
    public static async Task<CommandResult> FedsegInAsync(string directory, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var errors = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal { Output = output, Error = errors, IsErrorLive = false, WorkingDirectory = directory, Environment = [.. environment] };
        var code = await CommandHost.RunAsync(arguments, terminal, TimeProvider.System, Composition.Open, CancellationToken.None);
        return new CommandResult(code, Encoding.UTF8.GetString(output.ToArray()), errors.ToString());
    }
}
