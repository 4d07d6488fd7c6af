using System.Globalization;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway.Demonstration;

/// <summary>Makes a data set, runs three segments over it, explains and times them: the first thing that a newcomer runs.</summary>
internal static class DemoCommand
{
    internal static async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var keeps = Commands.FolderOf(context) is not null;
        var folder = keeps ? Directory.CreateDirectory(context.PathOf(Commands.FolderOf(context)!)).FullName : Directory.CreateTempSubdirectory("fedseg-demo-").FullName;
        var database = await DemoDatabase.TryStartAsync(folder, cancellationToken).ConfigureAwait(false);
        try
        {
            Task Say(string text) => context.WriteTextAsync(text, cancellationToken);
            await Say($"Making 100,000 customers, 1,000,000 orders and 2,000,000 events under {folder} …\n").ConfigureAwait(false);
            await Say(database is null
                ? "PostgreSQL is not installed: all data lie in files.\n"
                : "A PostgreSQL server was started for the customers; orders and events lie in files.\n").ConfigureAwait(false);
            var settings = await DemoData.CreateAsync(folder, database, cancellationToken).ConfigureAwait(false);
            var options = await SettingsReader.ReadAsync(settings, "appsettings.json", context.Terminal.Environment, cancellationToken).ConfigureAwait(false);
            foreach (var (id, question) in DemoData.Segments)
            {
                await Say($"\n== {id}: {question}\n").ConfigureAwait(false);
                await RunOneAsync(context, options, id, Path.Combine(folder, id + ".csv"), cancellationToken).ConfigureAwait(false);
            }

            await Say(keeps
                ? $"\nEverything stays in {folder}; try: fedseg run lapsed --settings {settings}\n"
                : "\nThe data set is removed now; '--folder FOLDER' keeps it for you to play with.\n").ConfigureAwait(false);
            return ExitCodes.Done;
        }
        finally
        {
            if (database is not null)
            {
                await database.DisposeAsync().ConfigureAwait(false);
            }

            if (!keeps)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task RunOneAsync(CommandContext context, GatewayOptions options, string id, string output, CancellationToken cancellationToken)
    {
        var gateway = context.Open(options);
        await using (gateway.ConfigureAwait(false))
        {
            var plan = await gateway.ExplainAsync(new ExplainRequest(new SegmentById(id), DemoData.AsOf, EngineKind.Auto, options.Deadline), cancellationToken).ConfigureAwait(false);
            await context.WriteTextAsync(ExplainText.Of(plan) + "\n", cancellationToken).ConfigureAwait(false);
            var request = new RunRequest
            {
                Segment = new SegmentById(id),
                Target = new MembershipFile(output, Path.GetFileName(output), MembershipFormat.Csv),
                AsOf = DemoData.AsOf,
                Engine = EngineKind.Auto,
                Deadline = options.Deadline,
                StartedAt = context.Time.GetTimestamp(),
                ShowsValues = false,
            };
            var report = await gateway.RunAsync(request, context.StartProgress(), cancellationToken).ConfigureAwait(false);
            var first = File.ReadLines(output).Skip(1).Take(5);
            await context.WriteTextAsync(
                SegmentCommands.Summary(report) + string.Create(CultureInfo.InvariantCulture, $"  first members: {string.Join(", ", first)}\n"), cancellationToken).ConfigureAwait(false);
        }
    }
}
