using System.Globalization;
using System.Text;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Reports;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway.Conformance;

/// <summary>conformance run, script and list.</summary>
internal static class ConformanceCommands
{
    /// <summary>Members differ from the oracle's, or the source is not asked as it claims.</summary>
    private const string Differs = "SRC020";

    /// <summary>Cases could not be run, which proves nothing.</summary>
    private const string NotRun = "SRC021";

    internal static async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (schema, isChosen, reports) = (ConformanceOptions.SchemaOf(context), ConformanceOptions.ChosenBy(context), ConformanceOptions.ReportsOf(context));
        var options = await context.ReadSettingsAsync(cancellationToken).ConfigureAwait(false);
        var (settings, spelling) = Find(context, options);
        var connector = Composition.Connect(settings, options.InFlightBytes);
        await using var end = connector.ConfigureAwait(false);
        var source = new SourceUnderTest
        {
            Connector = connector,
            Spelling = spelling,
            CreateEngine = () => Composition.CreateEngine(options),
            OpenFiles = (name, folder) => Composition.Connect(new FilesSourceOptions(name, folder), options.InFlightBytes),
            Schema = schema,
            Deadline = options.Deadline,
        };
        var report = await ConformanceRun.RunAsync(source, isChosen, result => Tell(context, result), cancellationToken).ConfigureAwait(false);
        foreach (var (path, shown, isHtml) in reports)
        {
            await WriteAsync(path, shown, isHtml ? HtmlReport.Write(report) : JUnitReport.Write(report), cancellationToken).ConfigureAwait(false);
        }

        await context.WriteTextAsync(context.IsJson ? ConformanceText.Json(report) : ConformanceText.Of(report), cancellationToken).ConfigureAwait(false);
        if (WrongWith(report) is not { } problem)
        {
            return ExitCodes.Done;
        }

        // The result is out; the error says why it is none to be content with.
        await context.Terminal.Error.WriteLineAsync(problem.ToString()).ConfigureAwait(false);
        return ExitCodes.Of(problem.Kind);
    }

    internal static async Task<int> ScriptAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (schema, isChosen) = (ConformanceOptions.SchemaOf(context), ConformanceOptions.ChosenBy(context));
        var folder = context.Arguments.GetValue(ConformanceOptions.Folder) is { } given ? context.PathOf(given) : null;
        var options = await context.ReadSettingsAsync(cancellationToken).ConfigureAwait(false);
        var (_, spelling) = Find(context, options);
        var tables = CaseLibrary.All.Where(group => group.Cases.Any(one => isChosen(group, one))).SelectMany(group => CaseTables.Of(group, spelling, schema).Tables).ToList();
        switch (spelling)
        {
            case SqlSpelling sql when folder is null:
                await context.WriteTextAsync(sql.Script(schema, tables), cancellationToken).ConfigureAwait(false);
                return ExitCodes.Done;
            case FilesSpelling when folder is not null:
                await WriteFilesAsync(folder, context.Arguments.GetValue(ConformanceOptions.Folder)!, tables, cancellationToken).ConfigureAwait(false);
                await context.WriteTextAsync(string.Create(CultureInfo.InvariantCulture, $"{tables.Count} files in {Path.Combine([folder, .. schema])}\n"), cancellationToken).ConfigureAwait(false);
                return ExitCodes.Done;
            case FilesSpelling:
                throw UsageCodes.Error(UsageCodes.Unparsable, "The tables of a source of files are files, and --folder is missing.", "Name the folder that holds them: the Root of the source.");
            default:
                throw UsageCodes.Error(UsageCodes.Contradiction, "--folder is for a source of files; the tables of this one are made by SQL.", "Leave it out, and let whoever may write there run the script.");
        }
    }

    internal static async Task<int> ListAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var isChosen = ConformanceOptions.ChosenBy(context);
        var text = new StringBuilder();
        foreach (var group in CaseLibrary.All)
        {
            foreach (var one in group.Cases.Where(one => isChosen(group, one)))
            {
                text.Append(CultureInfo.InvariantCulture, $"{group.Name}/{one.Id}\t{one.Says}\n");
            }
        }

        await context.WriteTextAsync(text.ToString(), cancellationToken).ConfigureAwait(false);
        return ExitCodes.Done;
    }

    private static (SourceOptions Settings, SourceSpelling Spelling) Find(CommandContext context, GatewayOptions options)
    {
        var name = context.Arguments.GetValue(ConformanceOptions.Source)!;
        var settings = options.Sources.FirstOrDefault(source => string.Equals(source.Name, name, StringComparison.Ordinal)) ?? throw new FederatedSegmentationException(new Problem
        {
            Code = SettingsCodes.UnknownSource,
            Stage = Stage.Settings,
            Pointer = "Sources",
            Message = $"There is no source '{name}'.",
            Hint = $"The settings have: {string.Join(", ", options.Sources.Select(source => source.Name).Order(StringComparer.Ordinal))}.",
        });
        return (settings, SourceSpelling.Of(settings.Kind) ?? throw UsageCodes.Error(UsageCodes.WrongValue, $"--source: the kit does not know how a source of kind '{settings.Kind}' stores tables.", "Add its spelling to the kit."));
    }

    private static void Tell(CommandContext context, CaseResult result)
    {
        if (result.Outcome == CaseOutcome.Failed || context.IsVerbose)
        {
            lock (context.Terminal.Error)
            {
                context.Terminal.Error.WriteLine($"{ConformanceText.Word(result.Outcome)}\t{result.Name}\t{result.Detail}");
            }
        }
    }

    private static Problem? WrongWith(ConformanceReport report)
    {
        if (report.Stopped is { } stopped)
        {
            return stopped;
        }

        return report.Count(CaseOutcome.Failed) is > 0 and var failed
            ? Wrong(report, Differs, $"{failed} of {report.Results.Length} cases differ.", "Do not trust what this source computes; report it with the HTML report.")
            : report.IsGreen
                ? null
                : Wrong(report, NotRun, $"{report.Count(CaseOutcome.NotRun)} of {report.Results.Length} cases were not run.", "See the reasons; 'fedseg conformance script' makes the tables.");
    }

    private static Problem Wrong(ConformanceReport report, string code, FormattableString message, string hint)
        => new() { Code = code, Stage = Stage.Execute, Source = report.Source, Message = message.ToString(CultureInfo.InvariantCulture), Hint = hint };

    private static async Task WriteAsync(string path, string shown, string text, CancellationToken cancellationToken)
    {
        using var file = AtomicFile.Create(path, shown);
        try
        {
            await File.WriteAllTextAsync(file.TemporaryPath, text, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (OutputFailure.IsOne(problem))
        {
            throw OutputFailure.Typed(problem, shown);
        }

        file.Commit();
    }

    private static async Task WriteFilesAsync(string folder, string shown, IEnumerable<CaseTable> tables, CancellationToken cancellationToken)
    {
        try
        {
            await FilesSpelling.WriteAsync(folder, tables, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (OutputFailure.IsOne(problem))
        {
            throw OutputFailure.Typed(problem, shown);
        }
    }
}
