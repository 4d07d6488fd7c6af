using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation.Gateway;

/// <summary>sources list, test and discover.</summary>
internal static class SourceCommands
{
    internal static async Task<int> ListAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var gateway = context.Open(await context.ReadSettingsAsync(cancellationToken).ConfigureAwait(false));
        await using (gateway.ConfigureAwait(false))
        {
            await (context.IsJson
                ? context.WriteJsonAsync(gateway.Sources, ReportJson.Default.ImmutableArraySourceReport, cancellationToken)
                : context.WriteTextAsync(string.Concat(gateway.Sources.Select(source => $"{source.Name}\t{source.Kind}\t{source.Place}\n")), cancellationToken)).ConfigureAwait(false);
        }

        return ExitCodes.Done;
    }

    internal static async Task<int> TestAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var gateway = context.Open(await context.ReadSettingsAsync(cancellationToken).ConfigureAwait(false));
        await using (gateway.ConfigureAwait(false))
        {
            var tested = new List<TestedSource>();
            foreach (var name in Commands.SourceOf(context) is { } one ? [one] : gateway.Sources.Select(source => source.Name))
            {
                var checks = ImmutableArray.CreateBuilder<ConnectionCheck>();
                await foreach (var check in gateway.TestSourceAsync(name, cancellationToken).ConfigureAwait(false))
                {
                    checks.Add(check);
                    if (!context.IsJson)
                    {
                        await context.WriteTextAsync($"{name}\t{check.Outcome.ToString().ToLowerInvariant()}\t{check.Step}\t{check.Detail}\n", cancellationToken).ConfigureAwait(false);
                    }
                }

                tested.Add(new TestedSource(name, checks.ToImmutable()));
            }

            if (context.IsJson)
            {
                await context.WriteJsonAsync(new SourceTestReport([.. tested]), ReportJson.Default.SourceTestReport, cancellationToken).ConfigureAwait(false);
            }

            return tested.Exists(source => source.Checks.Any(check => check.Outcome == CheckOutcome.Failed)) ? ExitCodes.Of(Model.Errors.ErrorKind.Source) : ExitCodes.Done;
        }
    }

    internal static async Task<int> DiscoverAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var source = Commands.SourceOf(context)!;
        var gateway = context.Open(await context.ReadSettingsAsync(cancellationToken).ConfigureAwait(false));
        await using (gateway.ConfigureAwait(false))
        {
            var tables = await gateway.DiscoverAsync(source, cancellationToken).ConfigureAwait(false);
            await (context.IsJson
                ? context.WriteJsonAsync(tables, ReportJson.Default.ImmutableArrayDiscoveredTable, cancellationToken)
                : context.WriteTextAsync(ModelDraft.Of(source, tables), cancellationToken)).ConfigureAwait(false);
        }

        return ExitCodes.Done;
    }
}
