using System.Text;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Model.Errors;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Runs generated cases through the product and compares the members with the oracle's.</summary>
public sealed class PropertyRuns(ITestOutputHelper output, int first, int count)
{
    /// <summary>Compares all cases; the seeds of those that differ are named.</summary>
    public async Task CompareAsync(Func<int, GeneratorOptions> options, RemoteDatabase? remote, Func<int, string, bool> isRemote)
    {
        output.WriteLine($"Seeds {first}..{first + count - 1}");
        var failures = new List<string>();
        for (var seed = first; seed < first + count; seed++)
        {
            var generated = CaseGenerator.Generate(seed, options(seed));
            if (await DifferenceAsync(generated, remote, entity => isRemote(generated.Seed, entity)) is { } difference)
            {
                failures.Add($"seed {seed}: {difference}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {count} cases differ.\n{string.Join('\n', failures.Take(12))}");
    }

    private static async Task<string?> DifferenceAsync(GeneratedCase generated, RemoteDatabase? remote, Func<string, bool> isRemote)
    {
        var expected = generated.Evaluate();
        if (expected.Unspecified.Length > 0)
        {
            return null;
        }

        await using var scenario = await Scenario.CreateAsync(generated, remote, isRemote, entity => (generated.Seed + entity.Length) % 2 == 0, CancellationToken.None);
        try
        {
            var members = await scenario.MembersAsync(CancellationToken.None);
            var wanted = new StringBuilder();
            foreach (var member in expected.Members)
            {
                wanted.AppendJoin(',', member.Fields.Select(Field)).Append('\n');
            }

            if (expected.DataError is not null)
            {
                return $"members instead of a data error ({expected.DataError})";
            }

            return string.Equals(members, wanted.ToString(), StringComparison.Ordinal) ? null : Describe(members, wanted.ToString(), generated);
        }
        catch (FederatedSegmentationException problem) when (problem.Problems[0].Kind == ErrorKind.Data && (expected.DataError is not null || expected.PossibleDataErrors.Length > 0))
        {
            return null;
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            return $"{problem.GetType().Name}: {problem.Message} <- {problem.InnerException?.InnerException?.Message ?? problem.InnerException?.Message}"[..Math.Min(900, $"{problem.GetType().Name}: {problem.Message} <- {problem.InnerException?.InnerException?.Message ?? problem.InnerException?.Message}".Length)];
        }
    }

    private static string Describe(string members, string wanted, GeneratedCase generated)
    {
        var (got, expected) = (members.Split('\n').ToHashSet(), wanted.Split('\n').ToHashSet());
        var surplus = got.Except(expected).Take(3).ToList();
        var missing = expected.Except(got).Take(3).ToList();
        return $"{got.Count - 1} members, {expected.Count - 1} expected; surplus [{string.Join(" / ", surplus)}], missing [{string.Join(" / ", missing)}]; {generated.MainSegment.ToJsonString()}";
    }

    private static string Field(string text)
        => text.Length == 0 || text.AsSpan().ContainsAny("\",\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
