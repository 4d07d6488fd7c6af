using System.Collections.Immutable;
using System.CommandLine;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway;

/// <summary>Runs one call of the command line and turns whatever happens into an exit code and, where it failed, into lines on standard error.</summary>
internal static class CommandHost
{
    internal static async Task<int> RunAsync(string[] arguments, Terminal terminal, TimeProvider time, OpenGateway open, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        var (root, actions) = Commands.Build();
        var parsed = root.Parse(arguments);
        var context = new CommandContext(parsed, terminal, time, open, startedAt);
        var isVerbose = arguments.Contains("--verbose", StringComparer.Ordinal);
        var showsValues = arguments.Contains("--show-values", StringComparer.Ordinal);
        var isJson = arguments.Contains("--json", StringComparer.Ordinal);
        try
        {
            if (!actions.TryGetValue(parsed.CommandResult.Command, out var run) || parsed.Action is not null)
            {
                if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
                {
                    throw UsageProblems.Of(parsed);
                }

                return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellationToken).ConfigureAwait(false);
            }

            if (parsed.Errors.Count > 0)
            {
                throw UsageProblems.Of(parsed);
            }

            return await run(context, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await FailAsync(context, isJson, [Cancelled()]).ConfigureAwait(false);
        }
        catch (FederatedSegmentationException failure)
        {
            if (isVerbose)
            {
                await terminal.Error.WriteLineAsync(FailureTrace.Of(failure, showsValues)).ConfigureAwait(false);
            }

            return await FailAsync(context, isJson, failure.Problems).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The last line of defence: whatever else arrives here is a bug of ours, and its user gets one line and exit code 70.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            if (isVerbose)
            {
                await terminal.Error.WriteLineAsync(FailureTrace.Of(bug, showsValues)).ConfigureAwait(false);
            }

            return await FailAsync(context, isJson, [Bug(bug)]).ConfigureAwait(false);
        }
    }

    private static async Task<int> FailAsync(CommandContext context, bool isJson, ImmutableArray<Problem> problems)
    {
        try
        {
            foreach (var problem in problems)
            {
                await context.Terminal.Error.WriteLineAsync(problem.ToString()).ConfigureAwait(false);
            }

            if (isJson)
            {
                await context.WriteJsonAsync(ErrorReport.Of(problems), ReportJson.Default.ErrorReport, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception unheard) when (unheard is FederatedSegmentationException or IOException)
        {
            // Nobody reads the output any more; the exit code still says it.
        }

        return ExitCodes.Of(problems);
    }

    private static Problem Cancelled() => new() { Code = UsageCodes.Cancelled, Stage = Stage.Execute, Message = "The run was cancelled.", Hint = "Nothing was written." };

    private static Problem Bug(Exception bug) => new()
    {
        Code = UsageCodes.Bug,
        Stage = Stage.Execute,
        Message = $"Something went wrong that should not ({bug.GetType().Name}).",
        Hint = "This is a defect of the gateway; please report it with the output of --verbose.",
    };
}
