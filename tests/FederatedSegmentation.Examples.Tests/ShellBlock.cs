namespace FederatedSegmentation.Examples.Tests;

/// <summary>Runs a block of shell commands as a reader would, with the executable that was built with these tests as <c>fedseg</c>.</summary>
internal static class ShellBlock
{
    private const string FromCheckout = "dotnet run --project src/FederatedSegmentation.Gateway --";

    /// <summary>Runs the commands one after another and stops at the first that fails.</summary>
    /// <param name="text">The block.</param>
    /// <param name="directory">The working directory.</param>
    public static async Task<CommandResult> RunAsync(string text, string directory)
    {
        var bin = Directory.CreateTempSubdirectory("fedseg-bin");
        try
        {
            var fedseg = Path.Combine(bin.FullName, "fedseg");
            await File.WriteAllTextAsync(fedseg, $"#!/bin/bash\nexec dotnet '{CommandLine.Executable}' \"$@\"\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(fedseg, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            var script = $"set -euo pipefail\nexport PATH='{bin.FullName}':\"$PATH\" FEDSEG='{fedseg}'\n" + text.Replace(FromCheckout, "fedseg", StringComparison.Ordinal);
            return await CommandLine.RunInAsync(directory, "/bin/bash", "-c", script);
        }
        finally
        {
            bin.Delete(recursive: true);
        }
    }
}
