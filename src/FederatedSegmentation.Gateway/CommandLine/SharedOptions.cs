using System.CommandLine;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>Options that several commands take.</summary>
internal static class SharedOptions
{
    internal static readonly Option<string?> Settings = new("--settings") { Description = "The settings file (default: appsettings.json in the working directory).", HelpName = "FILE", Recursive = true };

    internal static readonly Option<bool> Verbose = new("--verbose") { Description = "Says more on standard error, with stack traces of bugs.", Recursive = true };

    internal static readonly Option<bool> Json = new("--json") { Description = "Writes the result, and errors too, as JSON." };

    internal static readonly Option<string?> AsOf = new("--as-of") { Description = "The instant of the run, in ISO 8601 (default: now). Without an offset it is UTC.", HelpName = "INSTANT" };

    internal static readonly Option<string[]> Parameters = new("--param") { Description = "Gives a parameter of the segment a value; may be repeated.", HelpName = "NAME=VALUE" };

    internal static readonly Option<string?> Engine = new("--engine") { Description = "The engine for what the sources do not answer: auto or duckdb.", HelpName = "KIND" };

    internal static readonly Option<string?> Deadline = new("--deadline") { Description = "The time allowed, for instance 00:20:00 or 90s (default: of the settings).", HelpName = "TIME" };

    internal static readonly Option<bool> ShowValues = new("--show-values") { Description = "Lets data errors name the first three offending values." };

    internal static readonly Argument<string> Segment = new("SEGMENT") { Description = "The id of a segment, or a file." };
}
