using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>Compares members as lines of text. Null is a data error instead of members.</summary>
internal static class MemberLists
{
    private const int ShownMembers = 5;

    /// <summary>The oracle's members.</summary>
    public static ImmutableArray<string>? Of(OracleOutcome expected) => expected.DataError is null ? [.. expected.Members.Select(member => string.Join('|', member.Fields))] : null;

    /// <summary>Whether the members are the same.</summary>
    public static bool Same(ImmutableArray<string>? left, ImmutableArray<string>? right)
        => left is { } found && right is { } wanted ? found.SequenceEqual(wanted, StringComparer.Ordinal) : left is null && right is null;

    /// <summary>The first members, for people.</summary>
    public static string Shown(ImmutableArray<string>? members) => members is not { } list
        ? "a data error"
        : string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", list.Take(ShownMembers))}{(list.Length > ShownMembers ? $", … {list.Length} in all" : "")}]");

    /// <summary>What is wrong with the case itself.</summary>
    public static IEnumerable<string> DifferencesOf(ConformanceCase asked, OracleOutcome expected)
    {
        if (!expected.Unspecified.IsEmpty && asked.Open is null)
        {
            yield return $"the case is wrong: the language leaves it open ({expected.Unspecified[0]})";
        }

        if (Of(expected) is var right && !Same(asked.Members, right))
        {
            yield return $"the case is wrong: it says {Shown(asked.Members)}, the oracle {Shown(right)}";
        }
    }

    /// <summary>In what a run differs from the oracle.</summary>
    /// <param name="way">The run.</param>
    /// <param name="name">How it went, to be read before "it gives".</param>
    /// <param name="expected">The oracle's outcome.</param>
    public static IEnumerable<string> Differences(CaseWay way, string name, OracleOutcome expected)
    {
        var right = Of(expected);
        if (way.Problem is { } problem && !(right is null && problem.Kind == ErrorKind.Data))
        {
            yield return $"{name} it fails with {problem.Code}: {problem.Message.TrimEnd('.')}";
        }
        else if (way.Problem is null && !Same(way.Members, right))
        {
            yield return $"{name} it gives {Shown(way.Members)}, not {Shown(right)}";
        }
    }
}
