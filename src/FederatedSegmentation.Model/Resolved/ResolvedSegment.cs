using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;

namespace FederatedSegmentation.Model.Resolved;

/// <summary>A segment whose names, paths, types and times are settled: what planning starts from.</summary>
/// <param name="Id">The segment's id.</param>
/// <param name="Of">The entity whose keys are the members.</param>
/// <param name="Where">True for the rows whose keys are members; <c>set</c> and <c>except</c> are folded into it.</param>
/// <param name="Distribution">What happens to the members then; <see cref="Resolved.Distribution.None"/> where nothing does.</param>
public sealed record ResolvedSegment(string Id, Entity Of, ResolvedPredicate Where, Distribution Distribution);

/// <summary>The segment that was asked for, and every segment that it needs, directly or not.</summary>
/// <param name="Main">The segment that was asked for.</param>
/// <param name="Referenced">The segments named by <see cref="SegmentKeys"/>, each once, a segment after those it needs.</param>
public sealed record ResolvedRun(ResolvedSegment Main, ImmutableArray<ResolvedSegment> Referenced);

/// <summary>Where in a definition a predicate stands.</summary>
/// <param name="Segment">The id of the segment.</param>
/// <param name="Pointer">The JSON pointer, for instance <c>/where/all/0</c>.</param>
/// <param name="Text">A short form for people: <c>country eq "DE"</c>.</param>
public sealed record PredicateOrigin(string Segment, string Pointer, string Text);
