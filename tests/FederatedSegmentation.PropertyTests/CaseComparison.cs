using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.PropertyTests;

/// <summary>How the product's answer differs from the oracle's.</summary>
/// <param name="Kind">Differences of one kind are taken for the same defect when a case is shrunk.</param>
/// <param name="Text">What differs.</param>
public sealed record Difference(string Kind, string Text);

/// <summary>Runs one case through the product and compares the members with the oracle's.</summary>
public static class CaseComparison
{
    private const int LongestText = 1200;

    /// <summary>The difference, or null: none, or the language leaves the outcome open. The tables are laid out for this case alone.</summary>
    public static async Task<Difference?> RunAsync(GeneratedCase generated, Placing placing, ImmutableArray<RemoteDatabase> remotes, CancellationToken cancellationToken)
    {
        await using var tables = await PlacedTables.CreateAsync(generated, placing, remotes, cancellationToken);
        return await RunAsync(generated, placing, tables, null, cancellationToken);
    }

    /// <summary>The same over tables that are laid out already.</summary>
    /// <param name="generated">The case.</param>
    /// <param name="placing">Where its tables lie.</param>
    /// <param name="tables">The tables.</param>
    /// <param name="tally">Where it is written down what the run asked.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<Difference?> RunAsync(GeneratedCase generated, Placing placing, PlacedTables tables, RunTally? tally, CancellationToken cancellationToken)
    {
        var expected = generated.Evaluate();
        if (expected.Unspecified.Length > 0)
        {
            return null;
        }

        await using var scenario = await Scenario.CreateAsync(
            generated, tables, placing.Reductions(generated.Seed), cancellationToken);
        try
        {
            var members = await scenario.MembersAsync(cancellationToken);
            tally?.Add(scenario);
            if (expected.DataError is not null)
            {
                return new Difference("no data error", $"members instead of a data error ({expected.DataError})");
            }

            var wanted = new StringBuilder();
            foreach (var member in expected.Members)
            {
                wanted.AppendJoin(',', member.Fields.Select(Field)).Append('\n');
            }

            if (!string.Equals(members, wanted.ToString(), StringComparison.Ordinal))
            {
                return new Difference("members", Describe(members, wanted.ToString()));
            }

            if (placing.HasRemotes)
            {
                return null;
            }

            // The second run relies on what the first one learned of files that have not changed.
            members = await scenario.MembersAsync(cancellationToken);
            return string.Equals(members, wanted.ToString(), StringComparison.Ordinal) ? null : new Difference("members of the second run", Describe(members, wanted.ToString()));
        }
        catch (FederatedSegmentationException problem) when (problem.Problems[0].Kind == ErrorKind.Data && (expected.DataError is not null || expected.PossibleDataErrors.Length > 0))
        {
            return null;
        }
        catch (FederatedSegmentationException problem)
        {
            return new Difference(problem.Problems[0].Code, Shortened(problem));
        }
        catch (Exception problem) when (problem is not (OutOfMemoryException or OperationCanceledException))
        {
            return new Difference(problem.GetType().Name, Shortened(problem));
        }
    }

    private static string Shortened(Exception problem)
    {
        var causes = new List<string>();
        for (var cause = problem; cause is not null; cause = cause.InnerException)
        {
            causes.Add($"{cause.GetType().Name}: {cause.Message}");
        }

        var text = string.Join(" <- ", causes);
        return text[..Math.Min(LongestText, text.Length)];
    }

    private static string Describe(string members, string wanted)
    {
        var (got, expected) = (members.Split('\n').ToHashSet(), wanted.Split('\n').ToHashSet());
        var surplus = got.Except(expected).Take(3).ToList();
        var missing = expected.Except(got).Take(3).ToList();
        return $"{got.Count - 1} members, {expected.Count - 1} expected; surplus [{string.Join(" / ", surplus)}], missing [{string.Join(" / ", missing)}]";
    }

    private static string Field(string text)
        => text.Length == 0 || text.AsSpan().ContainsAny("\",\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
