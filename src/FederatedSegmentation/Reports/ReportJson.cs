using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Reports;

/// <summary>The reports as JSON, written by generated code: camel case, lower-case enumerations, one line.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(LowerCaseNames<ErrorKind>), typeof(LowerCaseNames<Stage>), typeof(LowerCaseNames<PlanningPhase>), typeof(LowerCaseNames<PushdownVerdict>), typeof(LowerCaseNames<CheckOutcome>)])]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(ExplainReport))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(ErrorReport))]
[JsonSerializable(typeof(ImmutableArray<SourceReport>))]
[JsonSerializable(typeof(SourceTestReport))]
[JsonSerializable(typeof(ImmutableArray<DiscoveredTable>))]
public sealed partial class ReportJson : JsonSerializerContext;

/// <summary>Members of an enumeration by their names in lower case.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
internal sealed class LowerCaseNames<T>() : JsonStringEnumConverter<T>(LowerCase.Instance, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Folds names to lower case.</summary>
internal sealed class LowerCase : JsonNamingPolicy
{
    internal static LowerCase Instance { get; } = new();

    /// <inheritdoc />
    public override string ConvertName(string name) => name.ToLowerInvariant();
}
