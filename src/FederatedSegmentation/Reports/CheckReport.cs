using System.Collections.Immutable;

namespace FederatedSegmentation.Reports;

/// <summary>What <c>fedseg check</c> found when nothing is wrong.</summary>
/// <param name="Model">The id of the data space.</param>
/// <param name="Entities">How many entities the model has.</param>
/// <param name="Relationships">How many relationships it has.</param>
/// <param name="Segments">The ids of the segments, in the order of their names.</param>
/// <param name="Data">What was measured at the sources; null where that was not asked for.</param>
/// <param name="Warnings">Sentences about what somebody should look at, promises of the model that the data break among them.</param>
public sealed record CheckReport(string Model, int Entities, int Relationships, ImmutableArray<string> Segments, DataReport? Data, ImmutableArray<string> Warnings);

/// <summary>How the data keep the promises of the model.</summary>
/// <param name="Entities">Each entity, in model order.</param>
/// <param name="Relationships">Each relationship, in model order.</param>
public sealed record DataReport(ImmutableArray<EntityReport> Entities, ImmutableArray<RelationshipReport> Relationships);

/// <summary>The rows of an entity.</summary>
/// <param name="Entity">Its name.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="DuplicateKeyRows">Rows beyond the first of each key; null where it has no key.</param>
/// <param name="NullKeyRows">Rows whose key has a NULL part; null where it has no key.</param>
/// <param name="Columns">Each column, in model order.</param>
public sealed record EntityReport(string Entity, long Rows, long? DuplicateKeyRows, long? NullKeyRows, ImmutableArray<ColumnReport> Columns);

/// <summary>The values of a column.</summary>
/// <param name="Column">Its name.</param>
/// <param name="NullShare">The share of rows where it is NULL, 0 to 1; 0 where there is no row.</param>
public sealed record ColumnReport(string Column, double NullShare);

/// <summary>How the rows of two entities match, in the direction from → to.</summary>
/// <param name="Relationship">Its name.</param>
/// <param name="From">The near end.</param>
/// <param name="To">The far end.</param>
/// <param name="Cardinality">As the model spells it, for instance <c>many_to_one</c>.</param>
/// <param name="OrphanRate">The share of rows of <paramref name="From"/> with a value in all parts of the reference that match no row, 0 to 1.</param>
/// <param name="InverseOrphanRate">The same the other way around.</param>
/// <param name="MaxFanOut">The most rows of <paramref name="To"/> that one row of <paramref name="From"/> matches.</param>
/// <param name="MaxInverseFanOut">The same the other way around.</param>
/// <param name="MeanFanOut">The mean number of rows of <paramref name="To"/> over the rows of <paramref name="From"/> that match any.</param>
public sealed record RelationshipReport(
    string Relationship,
    string From,
    string To,
    string Cardinality,
    double OrphanRate,
    double InverseOrphanRate,
    long MaxFanOut,
    long MaxInverseFanOut,
    double MeanFanOut);
