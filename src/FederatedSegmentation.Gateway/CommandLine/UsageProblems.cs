using System.CommandLine;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>Says in one line what is wrong with a call. The parser would give a line for each word that it did not understand.</summary>
internal static class UsageProblems
{
    /// <summary>The error of a call that cannot be parsed.</summary>
    internal static FederatedSegmentationException Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(parsed);
        var help = $"See '{path} --help'.";
        var unknown = parsed.UnmatchedTokens.FirstOrDefault(token => token.StartsWith('-') && token.Length > 1) ?? (parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null);
        if (unknown is null)
        {
            return command.Subcommands.Count > 0
                ? UsageCodes.Error(UsageCodes.Unparsable, $"'{path}' wants a command: {string.Join(", ", command.Subcommands.Select(one => one.Name))}.", help)
                : UsageCodes.Error(UsageCodes.Unparsable, Sentence(parsed.Errors[0].Message), help);
        }

        if (unknown.StartsWith('-') && unknown.Length > 1)
        {
            return UsageCodes.Error(UsageCodes.Unparsable, $"'{unknown}' is not an option of '{path}'.", Nearest(unknown, OptionsOf(parsed), help));
        }

        return command.Subcommands.Count > 0
            ? UsageCodes.Error(UsageCodes.Unparsable, $"'{unknown}' is not a command of '{path}'.", Nearest(unknown, command.Subcommands.Select(one => one.Name), help))
            : UsageCodes.Error(UsageCodes.Unparsable, $"'{unknown}' is one argument too many for '{path}'.", help);
    }

    private static string PathOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, result.Command is RootCommand ? "fedseg" : result.Command.Name);
        }

        return string.Join(' ', names);
    }

    private static IEnumerable<string> OptionsOf(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive)).Select(option => option.Name).Distinct(StringComparer.Ordinal);
    }

    private static string Nearest(string text, IEnumerable<string> names, string otherwise) => NearestNames.Of(text, names) is [var nearest, ..] ? $"Did you mean '{nearest}'?" : otherwise;

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
