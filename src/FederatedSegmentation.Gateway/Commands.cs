using System.CommandLine;
using System.CommandLine.Parsing;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Gateway.Conformance;
using FederatedSegmentation.Gateway.Demonstration;

namespace FederatedSegmentation.Gateway;

/// <summary>The commands of <c>fedseg</c>, each with what it does.</summary>
internal static class Commands
{
    /// <summary>What a command does with its context.</summary>
    internal delegate Task<int> Run(CommandContext context, CancellationToken cancellationToken);

    private static readonly Option<string?> Out = new("--out") { Description = "Where the members go: .parquet, .csv, .jsonl, .arrow, or - for CSV on standard output.", HelpName = "FILE" };

    private static readonly Argument<string?> OptionalSource = new("NAME") { Description = "A source of the settings; all where it is left out.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Argument<string> Source = new("NAME") { Description = "A source of the settings." };

    private static readonly Option<bool> Data = new("--data") { Description = "Also measures keys, orphan rates, fan-out and NULL shares at the sources." };

    private static readonly Option<string?> Folder = new("--folder") { Description = "An empty folder in which the data set is made and kept (default: a temporary one that is removed).", HelpName = "FOLDER" };

    private static readonly Option<bool> Warehouses = new("--warehouses") { Description = "Puts the data into local servers of Snowflake, Databricks, BigQuery and Fabric; needs a checkout and Node.js." };

    /// <summary>All commands, with the actions that they stand for.</summary>
    internal static (RootCommand Root, IReadOnlyDictionary<Command, Run> Actions) Build()
    {
        var actions = new Dictionary<Command, Run>();
        Command Define(string name, string description, Run run, params Symbol[] symbols)
        {
            var command = new Command(name, description);
            foreach (var symbol in symbols)
            {
                switch (symbol)
                {
                    case Option option:
                        command.Options.Add(option);
                        break;
                    case Argument argument:
                        command.Arguments.Add(argument);
                        break;
                    default:
                        throw new ArgumentException($"{symbol.GetType().Name} is neither an option nor an argument.", nameof(symbols));
                }
            }

            actions.Add(command, run);
            return command;
        }

        var sources = new Command("sources", "Shows, tests and reads the data sources of the settings.");
        sources.Subcommands.Add(Define("list", "Lists the sources.", SourceCommands.ListAsync, SharedOptions.Json));
        sources.Subcommands.Add(Define("test", "Tests connections step by step.", SourceCommands.TestAsync, OptionalSource, SharedOptions.Json));
        sources.Subcommands.Add(Define("discover", "Reads tables, columns, keys and sizes into a draft of a model.", SourceCommands.DiscoverAsync, Source, SharedOptions.Json));

        var root = new RootCommand("Federated, zero-copy audience segmentation: who are the people that …?");
        root.Options.Add(SharedOptions.Settings);
        root.Options.Add(SharedOptions.Verbose);
        root.Subcommands.Add(Define("check", "Validates settings, model and all segments.", SegmentCommands.CheckAsync, Data, SharedOptions.Json, SharedOptions.ShowValues));
        root.Subcommands.Add(Define(
            "explain", "Shows the plan of a segment; asks the sources for metadata only.", SegmentCommands.ExplainAsync,
            SharedOptions.Segment, SharedOptions.AsOf, SharedOptions.Parameters, SharedOptions.Engine, SharedOptions.Deadline, SharedOptions.Json));
        root.Subcommands.Add(Define(
            "run", "Runs a segment and writes its members.", SegmentCommands.RunAsync,
            SharedOptions.Segment, Out, SharedOptions.AsOf, SharedOptions.Parameters, SharedOptions.Engine, SharedOptions.Deadline, SharedOptions.Json, SharedOptions.ShowValues));
        root.Subcommands.Add(Define(
            "count", "Prints the number of members.", SegmentCommands.CountAsync,
            SharedOptions.Segment, SharedOptions.AsOf, SharedOptions.Parameters, SharedOptions.Engine, SharedOptions.Deadline, SharedOptions.Json, SharedOptions.ShowValues));
        root.Subcommands.Add(sources);

        var conformance = new Command("conformance", "Proves that a source answers as its connector claims.");
        conformance.Subcommands.Add(Define(
            "run", "Runs the conformance cases against a source that holds their tables.", ConformanceCommands.RunAsync,
            ConformanceOptions.Source, ConformanceOptions.Schema, ConformanceOptions.Only, ConformanceOptions.Report, SharedOptions.Json));
        conformance.Subcommands.Add(Define(
            "script", "Prints the SQL that makes the tables of the cases; for files, writes them.", ConformanceCommands.ScriptAsync,
            ConformanceOptions.Source, ConformanceOptions.Schema, ConformanceOptions.Only, ConformanceOptions.Folder));
        conformance.Subcommands.Add(Define("list", "Lists the cases.", ConformanceCommands.ListAsync, ConformanceOptions.Only));
        root.Subcommands.Add(conformance);
        root.Subcommands.Add(Define("demo", "Makes a data set over several sources, runs segments over it, explains and times them, and checks their members.", DemoCommand.RunAsync, Folder, Warehouses));
        return (root, actions);
    }

    /// <summary>The value of <c>--out</c>.</summary>
    internal static string? OutOf(CommandContext context) => context.Arguments.GetValue(Out);

    /// <summary>The source that was named, or null.</summary>
    internal static string? SourceOf(CommandContext context) => context.Arguments.CommandResult.Command.Arguments.Contains(Source)
        ? context.Arguments.GetValue(Source)
        : context.Arguments.GetValue(OptionalSource);

    /// <summary>Whether the data are to be read too.</summary>
    internal static bool ReadsData(CommandContext context) => context.Arguments.GetValue(Data);

    /// <summary>Whether the demonstration is over local warehouses.</summary>
    internal static bool UsesWarehouses(CommandContext context) => context.Arguments.GetValue(Warehouses);

    /// <summary>The value of <c>--folder</c>.</summary>
    internal static string? FolderOf(CommandContext context) => context.Arguments.GetValue(Folder);
}
