using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>One request. Immutable; may be sent again.</summary>
public sealed record HttpCall
{
    /// <summary>The method.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>The address: relative to the endpoint, or absolute.</summary>
    public required Uri Address { get; init; }

    /// <summary>Headers of this request alone; values may be secret and are never printed.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body, or null for none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>The type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>What the request is for, to be read inside a sentence: <c>fragment F1</c>.</summary>
    public required string What { get; init; }

    /// <summary>The stage that errors name.</summary>
    public Stage Stage { get; init; } = Stage.Execute;

    /// <summary>Whether the address is a link out of an answer, which may lead to a storage host and never gets an Authorization header.</summary>
    public bool IsLink { get; init; }

    /// <summary>What is known of the statement when the connection breaks after the request may have arrived: <c>Unknown</c> for the request that submits it.</summary>
    public SubmissionState IfLost { get; init; } = SubmissionState.NotSubmitted;

    /// <summary>How long the source may be silent, or null for the transport's own limit.</summary>
    public TimeSpan? SilenceTimeout { get; init; }

    /// <summary>Whether the answer may come compressed with gzip. It is expanded either way when the source sends it so.</summary>
    public bool AcceptGzip { get; init; } = true;

    /// <summary>Whether only HTTP/2 will do (gRPC).</summary>
    public bool RequiresHttp2 { get; init; }

    /// <summary>The most bytes of the answer's body, expanded.</summary>
    public long MaxAnswerBytes { get; init; } = 64L << 20;
}
