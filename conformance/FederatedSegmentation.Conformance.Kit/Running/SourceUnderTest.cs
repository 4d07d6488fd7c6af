using System.Collections.Immutable;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Residual;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>A source that holds the tables of the cases.</summary>
public sealed record SourceUnderTest
{
    /// <summary>The schema in which the tables lie where nobody says another.</summary>
    public const string DefaultSchema = "fedseg_conformance";

    /// <summary>The connector; the caller disposes of it.</summary>
    public required IDataSourceConnector Connector { get; init; }

    /// <summary>How its kind stores the tables.</summary>
    public required SourceSpelling Spelling { get; init; }

    /// <summary>Makes the engine that joins what is left.</summary>
    public required Func<IResidualEngine> CreateEngine { get; init; }

    /// <summary>Makes a source of files with a name over a folder, from which keys travel to the source under test.</summary>
    public required Func<string, string, IDataSourceConnector> OpenFiles { get; init; }

    /// <summary>The name parts of the schema.</summary>
    public ImmutableArray<string> Schema { get; init; } = [DefaultSchema];

    /// <summary>How many cases run side by side.</summary>
    public int SideBySide { get; init; } = 4;

    /// <summary>The time that each run of a case may take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Why a problem is one of a stand-in for the source and not of the source, as a sentence without a final dot; null for all others. Local servers refuse what
    /// they cannot do as the vendor does; such a case counts as not run.
    /// </summary>
    public Func<Problem, string?> WhyStandInRefuses { get; init; } = _ => null;
}
