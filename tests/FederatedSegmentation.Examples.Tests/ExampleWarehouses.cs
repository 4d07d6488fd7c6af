using System.Diagnostics;
using System.Text;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The local servers of examples/four-warehouses, as its script starts and fills them. They end when this is disposed of.</summary>
internal sealed class ExampleWarehouses : IAsyncDisposable
{
    private const char End = '\u0001';

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ExampleWarehouses(Process process, Task<string> errors, Dictionary<string, string> environment) => (_process, _errors, Environment) = (process, errors, environment);

    /// <summary>The environment that the script gives to its command.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>Starts the script with a command that says its environment and waits for the end of its input.</summary>
    public static async Task<ExampleWarehouses> StartAsync()
    {
        var start = new ProcessStartInfo(Repository.PathOf("examples/four-warehouses/with-warehouses"), ["bash", "-c", "env -0; printf '\\001'; exec cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("with-warehouses did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var said = new StringBuilder();
        var buffer = new char[4096];
        while (said.Length == 0 || said[^1] != End)
        {
            var read = await process.StandardOutput.ReadAsync(buffer);
            if (read == 0)
            {
                throw new InvalidOperationException("The warehouses did not start: " + await errors);
            }

            said.Append(buffer, 0, read);
        }

        var variables = said.ToString(0, said.Length - 1).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(variable => variable.Split('=', 2));
        return new ExampleWarehouses(process, errors, variables.ToDictionary(variable => variable[0], variable => variable[1], StringComparer.Ordinal));
    }

    /// <summary>Ends the command, and with it the servers.</summary>
    /// <returns>The exit code of the script, and what it said beside its results.</returns>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _process.Dispose();
    }
}
