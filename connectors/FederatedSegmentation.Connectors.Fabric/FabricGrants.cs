using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>The statements that let an account read tables, as T-SQL spells them.</summary>
internal static class FabricGrants
{
    /// <summary>What a grant calls a table that nobody has named.</summary>
    internal const string AnyTable = "<schema>.<table>";

    /// <summary>What to do where an account may not read tables.</summary>
    internal static string Hint(IEnumerable<string> tables) => $"Let an administrator of the workspace run: {string.Join(' ', tables.Select(table => $"GRANT SELECT ON OBJECT::{table} TO the account;"))}";

    /// <summary>What to do where the warehouse refuses a statement that reads tables; null where it has named the object itself, and for other refusals.</summary>
    internal static string? Hint(SourceException refused, ImmutableArray<ImmutableArray<string>> tables, FabricOptions options)
        => refused.NativeCode is "229" or "230" or "262" or "297" or "300" or "42501" && (options.Driver is not null || refused.Problems[0].Hint.Contains(AnyTable, StringComparison.Ordinal))
            ? Hint(tables.Select(parts => FabricNames.Resolve(parts, options)).OfType<QualifiedName>().Distinct().Select(name => name.ToString()))
            : null;
}
