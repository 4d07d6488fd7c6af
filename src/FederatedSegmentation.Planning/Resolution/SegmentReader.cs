using System.Collections.Immutable;
using System.Text.RegularExpressions;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>One segment's file, understood as far as it could be.</summary>
/// <param name="File">The file.</param>
/// <param name="Segment">The segment; null where something is wrong.</param>
/// <param name="Needs">The segments that it names, with the place of each name.</param>
/// <param name="Parameters">The parameters that it declares.</param>
/// <param name="Problems">What is wrong.</param>
internal sealed record ReadSegment(
    SegmentFile File,
    ResolvedSegment? Segment,
    ImmutableArray<(string Segment, DocumentPlace Place)> Needs,
    SegmentParameters Parameters,
    ImmutableArray<Problem> Problems);

/// <summary>Reads the file of one segment: its head, <c>where</c> or <c>set</c> with <c>except</c>, and what happens to the members then.</summary>
internal static partial class SegmentReader
{
    private static readonly string[] Keys = ["segment", "of", "time", "where", "set", "except", "rank", "tiers", "split", "params", "purpose"];

    /// <summary>Reads a segment; nothing is thrown, all defects are in the result.</summary>
    public static ReadSegment Read(SegmentFile file, ResolutionEnvironment environment)
    {
        if (file.Root is null)
        {
            return new ReadSegment(file, null, [], SegmentParameters.None, file.Problems);
        }

        var problems = new DefinitionProblems(file.File);
        if (NodeShapes.Mapping(file.Root, problems, "a segment") is not { } root)
        {
            return new ReadSegment(file, null, [], SegmentParameters.None, problems.Problems);
        }

        CheckKeys(root, problems);
        var calendar = ReadCalendar(root, environment.AsOfMicroseconds, problems);
        var parameters = ParameterReader.Read(root, environment.Parameters, calendar, problems);
        var context = new SegmentContext(environment, file, problems, calendar, parameters);
        if (root.Find("purpose") is { } purpose)
        {
            context.LaterLevel(purpose.Place, "purpose", level: 3);
        }

        var id = ReadId(root, problems);
        var of = ReadOf(root, context);
        var row = new RowScope(of, null);
        var where = ReadWhere(root, row, context);
        var distribution = DistributionReader.Read(root, row, context);
        var segment = problems.IsEmpty && id is not null && of is not null && where is not null ? new ResolvedSegment(id, of, where, distribution) : null;
        if (segment is null && problems.IsEmpty)
        {
            throw new InvalidOperationException($"The segment of {file.File} was not understood, but nothing was reported.");
        }

        return new ReadSegment(file, segment, [.. context.Needs], parameters, problems.Problems);
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,62}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern { get; }

    private static void CheckKeys(MappingNode root, DefinitionProblems problems) => NodeShapes.CheckKeys(root, problems, "a segment", Keys);

    private static string? ReadId(MappingNode root, DefinitionProblems problems)
    {
        if (NodeShapes.Required(root, "segment", problems, "a segment") is not { } node || NodeShapes.Text(node, problems, "the id of a segment") is not { } id)
        {
            return null;
        }

        if (IdPattern.IsMatch(id))
        {
            return id;
        }

        problems.Add("SDL014", node.Place, $"'{id}' cannot be the id of a segment.", "Use 1 to 63 lower-case letters, digits and underscores, a letter first.");
        return null;
    }

    private static Entity? ReadOf(MappingNode root, SegmentContext context)
    {
        var problems = context.Problems;
        if (NodeShapes.Required(root, "of", problems, "a segment") is not { } node || NodeShapes.Text(node, problems, "'of'") is not { } name)
        {
            return null;
        }

        var entity = context.Model.FindEntity(name);
        if (entity is null)
        {
            problems.Add(
                "SDL002",
                node.Place,
                $"The model has no entity '{name}'.",
                problems.Suggest(name, context.Model.Entities.Select(candidate => candidate.Name), "Name one of its entities."));
        }
        else if (entity.Key.IsEmpty)
        {
            problems.Add("SDL013", node.Place, $"Entity '{name}' has no key, so it cannot have members.", "Declare its key in the model.");
        }

        return entity;
    }

    private static RunCalendar ReadCalendar(MappingNode root, long now, DefinitionProblems problems)
    {
        var zone = ZoneRules.Utc;
        var weekStart = DayOfWeek.Monday;
        if (root.Find("time") is { } node && node is not ScalarNode { Kind: ScalarKind.Null } && NodeShapes.Mapping(node, problems, "'time'") is { } time)
        {
            NodeShapes.CheckKeys(time, problems, "'time'", ["zone", "week_start"]);
            if (time.Find("zone") is { } zoneNode && ColumnTypeReader.ReadZone(zoneNode, problems) is { } name)
            {
                zone = ZoneRules.Find(name) ?? zone;
            }

            switch (time.Find("week_start"))
            {
                case null or ScalarNode { Text: "mon" }:
                    break;
                case ScalarNode { Text: "sun" }:
                    weekStart = DayOfWeek.Sunday;
                    break;
                case var other:
                    problems.Add("SDL007", other.Place, "'week_start' must be mon or sun.", "Write one of the two.");
                    break;
            }
        }

        return new RunCalendar(now, zone, weekStart);
    }

    private static ResolvedPredicate? ReadWhere(MappingNode root, RowScope row, SegmentContext context)
    {
        var (whereNode, setNode) = (root.Find("where"), root.Find("set"));
        if (whereNode is null == setNode is null)
        {
            context.Problems.Add("SDL006", root.Place, "A segment has exactly one of where and set.", whereNode is null ? "Add one of them." : "Keep one of them.");
        }

        var where = whereNode is null ? null : PredicateReader.Read(whereNode, row, depth: 1, context);
        if (setNode is not null
            && KeySetReader.ReadSet(setNode, row, depth: 1, context) is { } keys
            && row.Entity is { } entity)
        {
            where = new InKeySetPredicate(entity, keys, context.Origin(setNode));
        }

        if (root.Find("except") is not { } exceptNode)
        {
            return where;
        }

        var except = exceptNode is SequenceNode list ? ReadExceptions(list, row, context) : PredicateReader.Read(exceptNode, row, depth: 1, context);
        return where is null || except is null ? null : new AllPredicate([where, new NotPredicate(except, except.Origin)], where.Origin);
    }

    /// <summary><c>except: [{in_segment: a}, b]</c>: in any of these segments.</summary>
    private static AnyPredicate? ReadExceptions(SequenceNode list, RowScope row, SegmentContext context)
    {
        var items = ImmutableArray.CreateBuilder<ResolvedPredicate>();
        foreach (var item in list.Items)
        {
            var predicate = item switch
            {
                ScalarNode { Kind: ScalarKind.String } =>
                    KeySetReader.ReadSegment(item, row.Entity, context) is { } keys && row.Entity is { } entity ? new InKeySetPredicate(entity, keys, context.Origin(item)) : null,
                MappingNode mapping when mapping.Find("in_segment") is not null => PredicateReader.Read(item, row, depth: 1, context),
                _ => ReportException(item, context),
            };
            if (predicate is not null)
            {
                items.Add(predicate);
            }
        }

        return new AnyPredicate(items.ToImmutable(), context.Origin(list));
    }

    private static ResolvedPredicate? ReportException(DocumentNode node, SegmentContext context)
    {
        context.Problems.Add("SDL006", node.Place, "A list in 'except' holds only in_segment.", "Write a predicate instead of the list: except: {any: […]}.");
        return null;
    }
}
