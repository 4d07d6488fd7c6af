namespace FederatedSegmentation.Connectors;

/// <summary>What a code of a source means for the person who reads the error, however it came: by HTTP, by a job, by a protocol of the vendor's or by a driver.</summary>
/// <param name="Match">The vendor's code (<c>002003</c>), an SQLSTATE or its class (<c>42501</c>, <c>08</c>), an HTTP status (<c>429</c>), status and code (<c>429/390505</c>), or a class of statuses (<c>5xx</c>).</param>
/// <param name="Code">Our code.</param>
/// <param name="IsTransient">Whether the same may succeed later.</param>
/// <param name="Message">What happened. <c>{server}</c>, <c>{what}</c> and the placeholders of the source are filled in.</param>
/// <param name="Hint">What to do, with the same placeholders.</param>
public sealed record SourceErrorRule(string Match, string Code, bool IsTransient, string Message, string Hint);
