using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway.Demonstration;

/// <summary>Makes a data set, runs some segments over it, explains and times them: the first thing that a newcomer runs.</summary>
internal static class DemoCommand
{
    internal static async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var keeps = Commands.FolderOf(context) is not null;
        var folder = keeps ? EmptyFolder(Commands.FolderOf(context)!, context.PathOf(Commands.FolderOf(context)!)) : Directory.CreateTempSubdirectory("fedseg-demo-").FullName;
        try
        {
            if (Commands.UsesWarehouses(context))
            {
                await OverWarehousesAsync(context, folder, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await OverFilesAsync(context, folder, cancellationToken).ConfigureAwait(false);
            }

            await context.WriteTextAsync(
                keeps
                    ? Commands.UsesWarehouses(context)
                        ? $"\nModel, segments, settings and members stay in {folder}; the warehouses ended.\n"
                        : $"\nEverything stays in {folder}; try: fedseg run lapsed --settings {Path.Combine(folder, "appsettings.json")}\n"
                    : "\nThe data set is removed now; '--folder FOLDER' keeps it for you to play with.\n",
                cancellationToken).ConfigureAwait(false);
            return ExitCodes.Done;
        }
        finally
        {
            if (!keeps)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    // A folder of somebody's own may hold a model or settings under the names that are written here.
    private static string EmptyFolder(string name, string path)
    {
        try
        {
            var folder = Directory.CreateDirectory(path);
            return folder.EnumerateFileSystemInfos().Any()
                ? throw UsageCodes.Error(UsageCodes.WrongValue, $"--folder: '{name}' is not empty, and files of the same names would be overwritten.", "Name a folder that is empty, or not there yet.")
                : folder.FullName;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw UsageCodes.Error(UsageCodes.WrongValue, $"--folder: '{name}' is no folder, and none can be made there.", "Name a folder that is empty, or not there yet, where you may write.");
        }
    }

    private static async Task OverFilesAsync(CommandContext context, string folder, CancellationToken cancellationToken)
    {
        var database = await DemoDatabase.TryStartAsync(folder, cancellationToken).ConfigureAwait(false);
        try
        {
            await SayWhatIsMadeAsync(context, DemoSize.Ordinary, folder, cancellationToken).ConfigureAwait(false);
            await context.WriteTextAsync(
                database is null
                    ? "PostgreSQL is not installed: all data lie in files.\n"
                    : "A PostgreSQL server was started for the customers; orders and events lie in files.\n",
                cancellationToken).ConfigureAwait(false);
            var (settings, answers) = await DemoData.CreateAsync(folder, DemoSize.Ordinary, database, cancellationToken).ConfigureAwait(false);
            await RunAllAsync(context, settings, DemoData.Segments, answers, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (database is not null)
            {
                await database.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task OverWarehousesAsync(CommandContext context, string folder, CancellationToken cancellationToken)
    {
        await context.WriteTextAsync("Starting the local servers of four warehouses …\n", cancellationToken).ConfigureAwait(false);
        var warehouses = await DemoWarehouses.StartAsync(folder, context.Terminal.WorkingDirectory, cancellationToken).ConfigureAwait(false);
        await using (warehouses.ConfigureAwait(false))
        {
            await context.WriteTextAsync(
                $"They are there: customers in Snowflake, orders in Databricks (on {warehouses.EngineOfDatabricks}), events in BigQuery, cases in Fabric.\n", cancellationToken).ConfigureAwait(false);
            await SayWhatIsMadeAsync(context, DemoSize.Small, folder, cancellationToken).ConfigureAwait(false);
            var (settings, answers) = await DemoData.CreateAsync(folder, DemoSize.Small, warehouses, cancellationToken).ConfigureAwait(false);
            await RunAllAsync(context, settings, DemoData.Segments.Add(DemoData.OverWarehouses), answers, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task SayWhatIsMadeAsync(CommandContext context, DemoSize size, string folder, CancellationToken cancellationToken)
        => context.WriteTextAsync($"Making {size} under {folder} …\n", cancellationToken);

    private static async Task RunAllAsync(CommandContext context, string settings, ImmutableArray<(string Id, string Question)> segments, DemoAnswers answers, CancellationToken cancellationToken)
    {
        var options = await SettingsReader.ReadAsync(settings, "appsettings.json", context.Terminal.Environment, cancellationToken).ConfigureAwait(false);
        foreach (var (id, question) in segments)
        {
            await context.WriteTextAsync($"\n== {id}: {question}\n", cancellationToken).ConfigureAwait(false);
            var output = Path.Combine(Path.GetDirectoryName(settings)!, id + ".csv");
            await RunOneAsync(context, options, id, output, cancellationToken).ConfigureAwait(false);
            await answers.CheckAsync(id, output, cancellationToken).ConfigureAwait(false);
            await context.WriteTextAsync("  as expected: plain loops over all rows find the same members\n", cancellationToken).ConfigureAwait(false);
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
