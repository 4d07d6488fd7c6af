using System.Text;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>The stack traces of a failure and its causes, for --verbose. What engines and databases say may quote the customers' data, so only our own words are kept.</summary>
internal static class FailureTrace
{
    /// <summary>The text.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="showsValues">Whether the user asked to see values of the data; then the words of others are kept too.</param>
    internal static string Of(Exception failure, bool showsValues)
    {
        var text = new StringBuilder();
        Append(text, failure, showsValues, depth: 0);
        return text.ToString().TrimEnd('\n');
    }

    private static void Append(StringBuilder text, Exception failure, bool showsValues, int depth)
    {
        var message = showsValues || failure is FederatedSegmentationException ? failure.Message : "(its message is shown with --show-values)";
        text.Append(depth == 0 ? string.Empty : "caused by ").Append(failure.GetType().FullName).Append(": ").Append(message).Append('\n');
        if (failure.StackTrace is { } trace)
        {
            text.Append(trace.ReplaceLineEndings("\n")).Append('\n');
        }

        if (failure is AggregateException several)
        {
            foreach (var inner in several.InnerExceptions)
            {
                Append(text, inner, showsValues, depth + 1);
            }
        }
        else if (failure.InnerException is { } cause)
        {
            Append(text, cause, showsValues, depth + 1);
        }
    }
}
