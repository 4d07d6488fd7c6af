using System.Globalization;
using System.Text;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation.Gateway;

/// <summary>check, explain, run and count.</summary>
internal static class SegmentCommands
{
    internal static async Task<int> CheckAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var options = await context.ReadSettingsAsync(cancellationToken).ConfigureAwait(false);
        var gateway = context.Open(options);
        await using (gateway.ConfigureAwait(false))
        {
            var request = new CheckRequest(Commands.ReadsData(context), options.Deadline, context.Arguments.GetValue(SharedOptions.ShowValues));
            var report = await gateway.CheckAsync(request, context.StartProgress(), cancellationToken).ConfigureAwait(false);
            await (context.IsJson
                ? context.WriteJsonAsync(report, ReportJson.Default.CheckReport, cancellationToken)
                : context.WriteTextAsync(CheckText.Of(report), cancellationToken)).ConfigureAwait(false);
        }

        return ExitCodes.Done;
    }

    internal static async Task<int> ExplainAsync(CommandContext context, CancellationToken cancellationToken)
    {
        OptionValues.Check(context);
        var segment = OptionValues.Segment(context);
        var options = await context.ReadSettingsAsync(cancellationToken).ConfigureAwait(false);
        var gateway = context.Open(options);
        await using (gateway.ConfigureAwait(false))
        {
            var request = new ExplainRequest(segment, OptionValues.AsOf(context), OptionValues.Engine(context, options), OptionValues.Deadline(context, options))
            {
                Parameters = OptionValues.Parameters(context),
            };
            var report = await gateway.ExplainAsync(request, cancellationToken).ConfigureAwait(false);
            await (context.IsJson
                ? context.WriteJsonAsync(report, ReportJson.Default.ExplainReport, cancellationToken)
                : context.WriteTextAsync(ExplainText.Of(report), cancellationToken)).ConfigureAwait(false);
        }

        return ExitCodes.Done;
    }

    internal static async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        OptionValues.Check(context);
        var target = Target(context);
        var report = await ExecuteAsync(context, target, cancellationToken).ConfigureAwait(false);
        if (context.IsJson)
        {
            await context.WriteJsonAsync(report, ReportJson.Default.RunReport, cancellationToken).ConfigureAwait(false);
        }
        else if (target is MembershipStream)
        {
            await context.Terminal.Error.WriteAsync(Summary(report)).ConfigureAwait(false);
        }
        else
        {
            await context.WriteTextAsync(Summary(report), cancellationToken).ConfigureAwait(false);
        }

        return ExitCodes.Done;
    }

    internal static async Task<int> CountAsync(CommandContext context, CancellationToken cancellationToken)
    {
        OptionValues.Check(context);
        var report = await ExecuteAsync(context, target: null, cancellationToken).ConfigureAwait(false);
        await (context.IsJson
            ? context.WriteJsonAsync(report, ReportJson.Default.RunReport, cancellationToken)
            : context.WriteTextAsync(report.Members.ToString(CultureInfo.InvariantCulture) + "\n", cancellationToken)).ConfigureAwait(false);
        return ExitCodes.Done;
    }

    /// <summary>What a run did, for people.</summary>
    internal static string Summary(RunReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{report.Segment}: {report.Members:N0} members as of {InstantConverter.ToText(report.AsOf)} in {report.Timings.TotalMs:N0} ms")
            .Append(CultureInfo.InvariantCulture, $" (plan {report.Timings.PlanMs:N0}, fragments {report.Timings.FragmentsMs:N0}, residual {report.Timings.ResidualMs:N0})\n");
        foreach (var fragment in report.Fragments)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {fragment.Id} {fragment.Source}: ")
                .Append(fragment.Rows is { } rows ? string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {fragment.Bytes:N0} bytes, {fragment.RunMs + fragment.FetchMs:N0} ms{Keys(fragment.Keys)}\n") : "read in place by the engine\n");
        }

        return text.ToString();
    }

    private static string Keys(TravelledKeys? keys) => keys switch
    {
        null => "",
        { Rung: "none" } => ", asked for all rows: too many keys",
        _ => string.Create(CultureInfo.InvariantCulture, $", asked for {keys.Count:N0} keys ({keys.Rung})"),
    };

    private static async Task<RunReport> ExecuteAsync(CommandContext context, MembershipTarget? target, CancellationToken cancellationToken)
    {
        var segment = OptionValues.Segment(context);
        var options = await context.ReadSettingsAsync(cancellationToken).ConfigureAwait(false);
        var gateway = context.Open(options);
        await using (gateway.ConfigureAwait(false))
        {
            var request = new RunRequest
            {
                Segment = segment,
                Target = target,
                AsOf = OptionValues.AsOf(context),
                Parameters = OptionValues.Parameters(context),
                Engine = OptionValues.Engine(context, options),
                Deadline = OptionValues.Deadline(context, options),
                StartedAt = context.StartedAt,
                ShowsValues = context.Arguments.GetValue(SharedOptions.ShowValues),
            };
            return await gateway.RunAsync(request, context.StartProgress(), cancellationToken).ConfigureAwait(false);
        }
    }

    private static MembershipTarget? Target(CommandContext context)
    {
        switch (Commands.OutOf(context))
        {
            case null:
                return null;
            case "-":
                return context.IsJson
                    ? throw UsageCodes.Error(UsageCodes.Contradiction, "--out - and --json both write to standard output.", "Write the members to a file, or leave --json out.")
                    : context.OutputTarget;
            case var path:
                return MembershipTarget.TryFormatOf(path, out var format)
                    ? new MembershipFile(context.PathOf(path), path, format.Value)
                    : throw UsageCodes.Error(UsageCodes.WrongValue, $"--out: '{path}' has no extension that names a format.", "Use .parquet, .csv, .jsonl or .arrow, or - for CSV on standard output.");
        }
    }
}
