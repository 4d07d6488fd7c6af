using System.Collections.Immutable;
using FederatedSegmentation.Connectors.Http;

namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>What a vendor's source needs of any driver: how sessions are pinned and statements are marked, and what errors mean. Immutable.</summary>
public sealed record DriverVendor
{
    /// <summary>Statements that a connection runs before its SELECT: the zone, the limit of time, the query tag. They change the session and nothing else.</summary>
    public Func<DriverStatementName, ImmutableArray<string>> Pins { get; init; } = _ => [];

    /// <summary>The SELECT with what its operator finds it by, where that is a part of the statement.</summary>
    public Func<string, DriverStatementName, string> Mark { get; init; } = (sql, _) => sql;

    /// <summary>The rule of a vendor's number or a SQLSTATE, or null where the vendor has none for it.</summary>
    public Func<string, SourceErrorRule?> FindRule { get; init; } = _ => null;

    /// <summary>Values for the placeholders of the rules.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Placeholders { get; init; } = [];

    /// <summary>What a driver needs before its first connection.</summary>
    public Action<System.Data.Common.DbProviderFactory> Prepare { get; init; } = _ => { };
}

/// <summary>Which statement it is.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="Fragment">The fragment's id.</param>
/// <param name="Time">The time that it may take.</param>
public sealed record DriverStatementName(string RunId, string Fragment, TimeSpan Time)
{
    /// <summary>Run and fragment for the source's operator: letters, digits, '-', '_', '.', ':' and spaces only.</summary>
    public string Tag => new([.. $"fedseg {RunId} {Fragment}".Where(character => char.IsAsciiLetterOrDigit(character) || character is ' ' or '-' or '_' or '.' or ':').Take(200)]);

    /// <summary>The time in whole seconds, rounded up.</summary>
    /// <param name="most">The most that the vendor takes.</param>
    public long Seconds(long most) => Math.Clamp((long)Math.Ceiling(Time.TotalSeconds), 1, most);
}
