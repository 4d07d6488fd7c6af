using System.IO.Compression;
using System.Text;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;
using Xunit;

namespace FederatedSegmentation.Connectors.Tests.Http;

/// <summary>Requests and answers over a real socket.</summary>
public sealed class HttpTransportTests
{
    private const string Secret = "s3cret-token";

    private static readonly HttpCall Get = new() { Address = new Uri("api/things", UriKind.Relative), What = "fragment F1", Headers = [new("Authorization", $"Bearer {Secret}")] };

    [Fact]
    public async Task A_request_arrives_as_it_was_made_and_its_answer_is_read_whole()
    {
        await using var server = new LocalServer(_ => LocalServer.Answer(202, "{\"ü\":1}", "X-Where: here"));
        using var transport = Transport(server);

        await using var reply = await transport.SendAsync(Get with { Method = HttpMethod.Post, Body = Encoding.UTF8.GetBytes("{\"sql\":\"SELECT 1\"}") }, default);

        Assert.Equal((202, "here"), (reply.Status, reply.Header("x-where")));
        using var body = await reply.ReadBodyAsync(default);
        Assert.Equal("{\"ü\":1}", Encoding.UTF8.GetString(body.Span));
        var request = Assert.Single(server.Requests);
        Assert.Equal("POST /api/things HTTP/1.1", request.FirstLine);
        Assert.Equal("{\"sql\":\"SELECT 1\"}", request.Body);
        Assert.Equal(["Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "Host"], request.Headers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_path_of_the_endpoint_stands_before_every_relative_address()
    {
        await using var server = new LocalServer(_ => LocalServer.Answer(200, ""));
        using var transport = Transport(server, options => options with { Endpoint = new Uri(server.Address, "/behind/proxy") });

        await using var reply = await transport.SendAsync(Get with { Address = new Uri("/api/x?a=b%2Fc", UriKind.Relative) }, default);

        Assert.Equal("GET /behind/proxy/api/x?a=b%2Fc HTTP/1.1", Assert.Single(server.Requests).FirstLine);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_000_000)]
    public async Task A_compressed_body_is_expanded(int size)
    {
        var text = new byte[size];
        new Random(7).NextBytes(text);
        await using var server = new LocalServer(_ => LocalServer.Answer(200, Gzip(text), "Content-Encoding: gzip"));
        using var transport = Transport(server);

        await using var reply = await transport.SendAsync(Get, default);

        using var body = await reply.ReadBodyAsync(default);
        Assert.True(body.Span.SequenceEqual(text));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(500)]
    public async Task A_compressed_body_that_is_cut_short_is_incomplete(int missing)
    {
        var text = new byte[20_000];
        new Random(7).NextBytes(text);
        await using var server = new LocalServer(_ => LocalServer.Answer(200, Gzip(text).AsSpan(..^missing), "Content-Encoding: gzip"));
        using var transport = Transport(server);

        var error = await ReadErrorAsync(transport, Get);

        Assert.Equal((SourceErrorCodes.Incomplete, true), (error.Problems[0].Code, error.Problems[0].IsTransient));
    }

    [Fact]
    public async Task A_damaged_compressed_body_is_incomplete()
    {
        var damaged = Gzip(Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 1000))));
        damaged[damaged.Length / 2] ^= 0x55;
        await using var server = new LocalServer(_ => LocalServer.Answer(200, damaged, "Content-Encoding: gzip"));
        using var transport = Transport(server);

        Assert.Equal(SourceErrorCodes.Incomplete, (await ReadErrorAsync(transport, Get)).Problems[0].Code);
    }

    [Fact]
    public async Task A_body_that_expands_beyond_the_limit_is_refused_before_it_fills_the_memory()
    {
        var bomb = Gzip(new byte[50_000_000]);
        Assert.True(bomb.Length < 100_000);
        await using var server = new LocalServer(_ => LocalServer.Answer(200, bomb, "Content-Encoding: gzip"));
        using var transport = Transport(server);

        var error = await ReadErrorAsync(transport, Get with { MaxAnswerBytes = 1_000_000 });

        Assert.Equal((SourceErrorCodes.AnswerTooLarge, false), (error.Problems[0].Code, error.Problems[0].IsTransient));
    }

    [Theory]
    [InlineData("Content-Length: 2000\r\n")]
    [InlineData("")]
    public async Task A_plain_body_beyond_the_limit_is_refused_with_and_without_a_declared_length(string length)
    {
        await using var server = new LocalServer(_ => Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n{new string('x', 2000)}"));
        using var transport = Transport(server);

        Assert.Equal(SourceErrorCodes.AnswerTooLarge, (await ReadErrorAsync(transport, Get with { MaxAnswerBytes = 1999 })).Problems[0].Code);
    }

    [Fact]
    public async Task A_body_in_an_encoding_that_was_not_asked_for_is_malformed()
    {
        await using var server = new LocalServer(_ => LocalServer.Answer(200, "xyz", "Content-Encoding: br"));
        using var transport = Transport(server);

        Assert.Equal(SourceErrorCodes.Incomplete, (await ReadErrorAsync(transport, Get)).Problems[0].Code);
    }

    [Fact]
    public async Task A_body_shorter_than_declared_is_a_lost_connection()
    {
        await using var server = new LocalServer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nabc"u8.ToArray());
        using var transport = Transport(server);

        var error = await ReadErrorAsync(transport, Get with { IfLost = SubmissionState.Submitted });

        Assert.Equal((SourceErrorCodes.ConnectionLost, SubmissionState.Submitted, true), (error.Problems[0].Code, error.Submission, error.Problems[0].IsTransient));
    }

    [Fact]
    public async Task What_is_not_HTTP_is_told_as_such()
    {
        await using var server = new LocalServer(_ => "SSH-2.0-OpenSSH_9.6\r\n\r\n"u8.ToArray());
        using var transport = Transport(server);

        Assert.Equal(SourceErrorCodes.Incomplete, (await SendErrorAsync(transport, Get)).Problems[0].Code);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_answer_leaves_the_submission_unknown()
    {
        await using var server = new LocalServer(_ => []);
        using var transport = Transport(server);

        var error = await SendErrorAsync(transport, Get with { Method = HttpMethod.Post, Body = new byte[] { 1 }, IfLost = SubmissionState.Unknown });

        Assert.Equal((SourceErrorCodes.ConnectionLost, SubmissionState.Unknown, true), (error.Problems[0].Code, error.Submission, error.Problems[0].IsTransient));
    }

    [Fact]
    public async Task Where_nothing_listens_nothing_was_submitted()
    {
        Uri address;
        await using (var server = new LocalServer(_ => []))
        {
            address = server.Address;
        }

        using var transport = Transport(new HttpTransportOptions { Endpoint = address });

        var error = await SendErrorAsync(transport, Get with { IfLost = SubmissionState.Unknown });

        Assert.Equal((SourceErrorCodes.Unreachable, SubmissionState.NotSubmitted, true), (error.Problems[0].Code, error.Submission, error.Problems[0].IsTransient));
    }

    [Fact]
    public async Task Silence_before_the_answer_ends_by_the_limit()
    {
        await using var server = new LocalServer(_ => null);
        var clock = new ManualClock();
        using var transport = Transport(server, clock: clock);

        var sending = SendErrorAsync(transport, Get with { SilenceTimeout = TimeSpan.FromSeconds(30) });
        await server.Arrived.Task;
        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(SourceErrorCodes.ConnectionLost, (await sending).Problems[0].Code);
    }

    [Fact]
    public async Task Silence_inside_a_body_ends_by_the_limit()
    {
        await using var server = new LocalServer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"u8.ToArray());
        var clock = new ManualClock();
        using var transport = Transport(server, clock: clock);
        await using var reply = await transport.SendAsync(Get, default);
        var body = await reply.OpenBodyAsync(default);
        var buffer = new byte[100];
        Assert.Equal(3, await body.ReadAtLeastAsync(buffer, 3));

        var reading = body.ReadAsync(buffer).AsTask();
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(SourceErrorCodes.ConnectionLost, (await Assert.ThrowsAsync<SourceException>(() => reading)).Problems[0].Code);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_the_answer_as_a_cancellation()
    {
        await using var server = new LocalServer(_ => null);
        using var transport = Transport(server);
        using var cancel = new CancellationTokenSource();

        var sending = transport.SendAsync(Get, cancel.Token);
        await server.Arrived.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_the_body_as_a_cancellation()
    {
        await using var server = new LocalServer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"u8.ToArray());
        using var transport = Transport(server);
        await using var reply = await transport.SendAsync(Get, default);
        using var cancel = new CancellationTokenSource();

        var reading = reply.ReadBodyAsync(cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_redirection_is_not_followed_and_a_cookie_is_not_kept()
    {
        await using var server = new LocalServer(request => request.FirstLine.Contains("/elsewhere", StringComparison.Ordinal)
            ? LocalServer.Answer(200, "")
            : LocalServer.Answer(307, "", "Location: /elsewhere", "Set-Cookie: a=b"));
        using var transport = Transport(server);

        for (var i = 0; i < 2; i++)
        {
            await using var reply = await transport.SendAsync(Get, default);
            Assert.Equal(SourceErrorCodes.Unreachable, reply.ToError(null, SubmissionState.NotSubmitted).Problems[0].Code);
        }

        Assert.All(server.Requests, request => Assert.False(request.Headers.ContainsKey("Cookie")));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_host_that_is_not_allowed()
    {
        await using var server = new LocalServer(_ => LocalServer.Answer(200, ""));
        await using var other = new LocalServer(_ => LocalServer.Answer(200, ""));
        using var transport = Transport(server);
        var link = new Uri(other.Address, "/result?sig=s3cret-token");

        foreach (var call in new[] { Get with { Address = link }, Get with { Address = link, IsLink = true, Headers = [] } })
        {
            var error = await SendErrorAsync(transport, call);
            Assert.Equal(SourceErrorCodes.ForeignLink, error.Problems[0].Code);
        }

        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_link_to_an_allowed_host_is_followed_and_never_with_the_authorization()
    {
        await using var server = new LocalServer(_ => LocalServer.Answer(200, ""));
        await using var storage = new LocalServer(_ => LocalServer.Answer(200, "rows"));
        using var transport = Transport(server, options => options with { LinkHosts = [$"localhost:{storage.Port}"] });
        var link = Get with { Address = new Uri(storage.Address, "/part/1?sig=x"), IsLink = true };

        await Assert.ThrowsAsync<ArgumentException>(() => transport.SendAsync(link, default));
        await using var reply = await transport.SendAsync(link with { Headers = [] }, default);

        using var body = await reply.ReadBodyAsync(default);
        Assert.Equal("rows", Encoding.UTF8.GetString(body.Span));
        Assert.False(Assert.Single(storage.Requests).Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_header_with_a_line_break_is_not_sent()
    {
        await using var server = new LocalServer(_ => LocalServer.Answer(200, ""));
        using var transport = Transport(server);

        await Assert.ThrowsAsync<ArgumentException>(() => transport.SendAsync(Get with { Headers = [new("X-Tag", "a\r\nX-Evil: b")] }, default));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_server_with_an_unknown_certificate_is_not_talked_to()
    {
        using var certificate = LocalServer.Certificate("localhost", TimeProvider.System.GetUtcNow());
        await using var server = new LocalServer(_ => LocalServer.Answer(200, ""), certificate);
        using var transport = Transport(server);

        var error = await SendErrorAsync(transport, Get);

        Assert.Equal((SourceErrorCodes.TransportSecurity, false), (error.Problems[0].Code, error.Problems[0].IsTransient));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("localhost", null)]
    [InlineData("other.example", SourceErrorCodes.TransportSecurity)]
    public async Task A_private_authority_is_trusted_for_the_name_of_the_server_only(string name, string? code)
    {
        using var certificate = LocalServer.Certificate(name, TimeProvider.System.GetUtcNow());
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
            await using var server = new LocalServer(_ => LocalServer.Answer(200, ""), certificate);
            using var transport = Transport(server, options => options with { RootCertificate = file });

            if (code is null)
            {
                await using var reply = await transport.SendAsync(Get, default);
                Assert.Equal(200, reply.Status);
            }
            else
            {
                Assert.Equal(code, (await SendErrorAsync(transport, Get)).Problems[0].Code);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_file_without_certificates_is_a_wrong_setting()
    {
        var file = Path.GetTempFileName();
        try
        {
            var error = Assert.Throws<FederatedSegmentationException>(() => Transport(new HttpTransportOptions { Endpoint = new Uri("https://example.test"), RootCertificate = file }));
            Assert.Equal("CFG006", error.Problems[0].Code);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Everything_goes_through_the_proxy_where_one_is_named()
    {
        await using var proxy = new LocalServer(_ => LocalServer.Answer(200, "by proxy"));
        using var transport = Transport(new HttpTransportOptions { Endpoint = new Uri("http://warehouse.test"), Proxy = proxy.Address });

        await using var reply = await transport.SendAsync(Get, default);

        using var body = await reply.ReadBodyAsync(default);
        Assert.Equal("by proxy", Encoding.UTF8.GetString(body.Span));
        Assert.Equal("GET http://warehouse.test/api/things HTTP/1.1", Assert.Single(proxy.Requests).FirstLine);
    }

    [Fact]
    public async Task A_proxy_that_refuses_the_tunnel_is_told_as_such()
    {
        await using var proxy = new LocalServer(_ => LocalServer.Answer(403, ""));
        using var transport = Transport(new HttpTransportOptions { Endpoint = new Uri("https://warehouse.test"), Proxy = proxy.Address });

        var error = await SendErrorAsync(transport, Get);

        Assert.Equal(SourceErrorCodes.Unreachable, error.Problems[0].Code);
        Assert.Contains("proxy", error.Problems[0].Message, StringComparison.Ordinal);
        Assert.Equal("CONNECT warehouse.test:443 HTTP/1.1", Assert.Single(proxy.Requests).FirstLine);
    }

    [Fact]
    public async Task An_answer_that_is_no_success_becomes_an_error_with_the_time_to_wait()
    {
        await using var server = new LocalServer(_ => LocalServer.Answer(429, "s3cret-token of a customer", "Retry-After: 17"));
        using var transport = Transport(server);

        await using var reply = await transport.SendAsync(Get, default);
        var error = reply.ToError("390505", SubmissionState.NotSubmitted);

        Assert.Equal((SourceErrorCodes.Busy, true, TimeSpan.FromSeconds(17), "390505"), (error.Problems[0].Code, error.Problems[0].IsTransient, error.Problems[0].RetryAfter, error.NativeCode));
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static HttpTransport Transport(LocalServer server, Func<HttpTransportOptions, HttpTransportOptions>? change = null, TimeProvider? clock = null)
        => Transport((change ?? (same => same))(new HttpTransportOptions { Endpoint = server.Address }), clock);

    private static HttpTransport Transport(HttpTransportOptions options, TimeProvider? clock = null)
        => new(options, new HttpErrors("warehouse", options.Endpoint!.Authority, new HttpErrorTable()), clock ?? TimeProvider.System);

    // No error may tell the secret, wherever it came from.
    private static async Task<SourceException> SendErrorAsync(HttpTransport transport, HttpCall call)
    {
        var error = await Assert.ThrowsAsync<SourceException>(async () => await (await transport.SendAsync(call, default)).DisposeAsync());
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        return error;
    }

    private static async Task<SourceException> ReadErrorAsync(HttpTransport transport, HttpCall call)
    {
        await using var reply = await transport.SendAsync(call, default);
        var error = await Assert.ThrowsAsync<SourceException>(() => reply.ReadBodyAsync(default));
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        return error;
    }
}
