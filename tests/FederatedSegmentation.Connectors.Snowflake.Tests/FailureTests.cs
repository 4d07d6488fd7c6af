using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Testing.Warehouses;
using static FederatedSegmentation.Connectors.Snowflake.Tests.LocalSnowflake;

namespace FederatedSegmentation.Connectors.Snowflake.Tests;

/// <summary>Who may not, what breaks, and what lies.</summary>
public sealed class FailureTests(LocalSnowflake snowflake) : IClassFixture<LocalSnowflake>
{
    private const string Many = "SELECT many partitions";

    [WarehouseTheory]
    [InlineData("submit", "throttle", "17", "SRC008", true, SubmissionState.NotSubmitted)]
    [InlineData("submit", "status", null, "SRC009", true, SubmissionState.Unknown)]
    [InlineData("submit", "drop", null, "SRC007", true, SubmissionState.Unknown)]
    [InlineData("submit", "loseResponse", null, "SRC007", true, SubmissionState.Unknown)]
    [InlineData("poll", "throttle", null, "SRC008", true, SubmissionState.Submitted)]
    [InlineData("poll", "truncate", null, "SRC007", true, SubmissionState.Submitted)]
    [InlineData("poll", "replaceBody", null, "SRC010", true, SubmissionState.Submitted)]
    [InlineData("poll", "lieRows", null, "SRC010", true, SubmissionState.Submitted)]
    [InlineData("partition", "throttle", null, "SRC008", true, SubmissionState.Submitted)]
    public async Task Each_misbehaviour_is_a_typed_error_and_nothing_is_repeated(string operation, string kind, string? retryAfter, string code, bool isTransient, SubmissionState submission)
    {
        await CannedManyAsync();
        await snowflake.FaultAsync(operation, kind, ("headers", retryAfter is null ? new JsonObject() : new JsonObject { ["retry-after"] = retryAfter }), ("bytes", 40), ("body", kind == "replaceBody" ? "{\"data\":[[\"1\"],[\"2\"" : null!));
        await using var source = snowflake.Connector();
        var before = await snowflake.Control.LogAsync(default);

        var failure = await FailsAsync(() => NumbersAsync(source, Many), code);

        Assert.Equal((isTransient, submission), (failure.Problems[0].IsTransient, failure.Submission));
        Assert.Equal(retryAfter switch { "17" => TimeSpan.FromSeconds(17), { Length: > 10 } => TimeSpan.FromDays(1), _ => null }, failure.Problems[0].RetryAfter);
        Assert.Equal(0, await snowflake.Control.WaitingFaultsAsync(default));
        var after = await snowflake.Control.LogAsync(default);
        Assert.Single(after.Skip(before.Length), request => request.Operation == "submit");
        Assert.DoesNotContain("pat-local-1", failure.ToString(), StringComparison.Ordinal);

        // The source is as good as before.
        Assert.Equal(40, (await NumbersAsync(source, Many)).Count);
    }

    [WarehouseFact]
    public async Task A_partition_that_expands_without_end_is_refused()
    {
        await CannedManyAsync();
        var bomb = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(bomb, System.IO.Compression.CompressionLevel.Optimal))
        {
            await gzip.WriteAsync("{\"data\":["u8.ToArray());
            await gzip.WriteAsync(new byte[100 << 20]);
        }

        await snowflake.FaultAsync("partition", "replaceBody", ("body", Convert.ToBase64String(bomb.ToArray())), ("encoding", "base64"));
        await using var source = snowflake.Connector();

        await FailsAsync(() => NumbersAsync(source, Many), "SRC012");
    }

    [WarehouseFact]
    public async Task Cancelling_cancels_the_statement_at_the_source()
    {
        await snowflake.VendorAsync(new JsonObject { ["statementMs"] = 600_000 });
        await using var source = snowflake.Connector();
        using var cancel = new CancellationTokenSource();
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(20)), default);
        await using var statement = await session.SubmitAsync(Numbers("SELECT 4711 AS X"), default);
        var reading = statement.FetchAsync(cancel.Token).ToListAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Contains(await snowflake.Control.LogAsync(default), request => request.Operation == "cancel");
        await snowflake.VendorAsync(new JsonObject { ["statementMs"] = 0 });
    }

    [WarehouseFact]
    public async Task A_statement_beyond_its_time_is_stopped_at_the_source()
    {
        await snowflake.VendorAsync(new JsonObject { ["statementMs"] = 600_000 });
        await using var source = snowflake.Connector(options => options with { StatementTimeout = TimeSpan.FromSeconds(1) });

        await FailsAsync(() => NumbersAsync(source, "SELECT 1 AS X"), "RES101", "StatementTimeout");
        await snowflake.VendorAsync(new JsonObject { ["statementMs"] = 0 });
    }

    [WarehouseFact]
    public async Task Each_refusal_of_the_source_says_what_to_do()
    {
        await snowflake.LoadAsync("GUARDED", [new WarehouseColumn("I", "INT")], ["1"]);
        await using var source = snowflake.Connector(options => options with { Role = "ANALYST" });

        await FailsAsync(() => NumbersAsync(source, "SELECT I FROM NOWHERE"), "SRC004", "code 002003", "GRANT SELECT ON TABLE <table> TO ROLE ANALYST;");
        await FailsAsync(() => NumbersAsync(source, "SELECT \"i\" FROM GUARDED"), "SRC005", "letter case matters");
        await FailsAsync(() => NumbersAsync(source, "SELECT FROM"), "SRC009", "defect of the gateway");
        await FailsAsync(() => NumbersAsync(source, "SELECT CAST('x' AS NUMBER(38,0)) AS X"), "DAT001");
        await snowflake.VendorAsync(new JsonObject { ["revoke"] = new JsonArray("DB", "PUBLIC", "GUARDED") });
        await FailsAsync(() => NumbersAsync(source, "SELECT I FROM GUARDED"), "SRC004", "may not see it");
        await FailsAsync(
            () => RunAsync(source, Scan(source, "GUARDED")), "SRC004", "may not see it",
            "GRANT USAGE ON DATABASE \"DB\" TO ROLE \"ANALYST\"; GRANT USAGE ON SCHEMA \"DB\".\"PUBLIC\" TO ROLE \"ANALYST\"; GRANT SELECT ON TABLE \"DB\".\"PUBLIC\".\"GUARDED\" TO ROLE \"ANALYST\";");
        await snowflake.VendorAsync(new JsonObject { ["grant"] = new JsonArray("DB", "PUBLIC", "GUARDED") });
        await snowflake.VendorAsync(new JsonObject { ["suspended"] = true });
        await FailsAsync(() => NumbersAsync(source, "SELECT I FROM GUARDED"), "SRC009", "AUTO_RESUME");
        await snowflake.VendorAsync(new JsonObject { ["suspended"] = false });
        await using var admin = snowflake.Connector(options => options with { Role = "ADMIN", User = "TESTER" });
        await FailsAsync(() => NumbersAsync(admin, "SELECT 1 AS X"), "SRC006", "GRANT ROLE ADMIN TO USER TESTER");
    }

    [WarehouseFact]
    public async Task A_private_key_signs_the_token_also_an_encrypted_one()
    {
        using var key = RSA.Create(2048);
        await snowflake.VendorAsync(new JsonObject { ["user"] = new JsonObject { ["name"] = "KEYS", ["publicKey"] = key.ExportSubjectPublicKeyInfoPem() } });
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("pass phrase", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

        await using var plain = WithKey("keys", key.ExportPkcs8PrivateKeyPem(), null);
        Assert.Equal([1L], await NumbersAsync(plain, "SELECT 1 AS X"));
        await using var protectedKey = WithKey("KEYS", encrypted, "pass phrase");
        Assert.Equal([1L], await NumbersAsync(protectedKey, "SELECT 1 AS X"));

        await using var wrongPassphrase = WithKey("KEYS", encrypted, "s3cret");
        var failure = await FailsAsync(() => NumbersAsync(wrongPassphrase, "SELECT 1 AS X"), "SRC003", "with its passphrase");
        Assert.DoesNotContain("s3cret", failure.ToString(), StringComparison.Ordinal);
        await using var noPassphrase = WithKey("KEYS", encrypted, null);
        await FailsAsync(() => NumbersAsync(noPassphrase, "SELECT 1 AS X"), "SRC003", "cannot be read");
        await using var nobody = WithKey("NOBODY", key.ExportPkcs8PrivateKeyPem(), null);
        await FailsAsync(() => NumbersAsync(nobody, "SELECT 1 AS X"), "SRC003", "390144", "fingerprint");
    }

    [WarehouseFact]
    public async Task A_token_that_expired_is_read_anew_once()
    {
        await snowflake.VendorAsync(new JsonObject { ["token"] = new JsonObject { ["type"] = "OAUTH", ["value"] = "old", ["user"] = "TESTER", ["expired"] = true } });
        await snowflake.VendorAsync(new JsonObject { ["token"] = new JsonObject { ["type"] = "OAUTH", ["value"] = "new", ["user"] = "TESTER" } });
        var current = "old";
        await using var source = snowflake.Connector(options => options with { Authentication = SnowflakeAuthentication.OAuth }, new SnowflakeSecrets(_ => ValueTask.FromResult(current)));

        var failure = await FailsAsync(() => NumbersAsync(source, "SELECT 1 AS X"), "SRC003", "has expired");
        Assert.Equal("390318", failure.NativeCode);
        current = "new";
        Assert.Equal([1L], await NumbersAsync(source, "SELECT 1 AS X"));
    }

    [WarehouseFact]
    public async Task TLS_with_an_authority_of_its_own()
    {
        await using var untrusted = snowflake.Connector(options => options with { Endpoint = snowflake.Server.SecureEndpoint });
        await FailsAsync(() => NumbersAsync(untrusted, "SELECT 1 AS X"), "SRC002");
        await using var trusted = snowflake.Connector(options => options with { Endpoint = snowflake.Server.SecureEndpoint, RootCertificate = snowflake.Server.CertificateFile });
        Assert.Equal([1L], await NumbersAsync(trusted, "SELECT 1 AS X"));
    }

    [WarehouseFact]
    public async Task Everything_goes_through_the_proxy()
    {
        await using var proxy = new LocalProxy();
        await using var source = snowflake.Connector(options => options with { Endpoint = snowflake.Server.SecureEndpoint, RootCertificate = snowflake.Server.CertificateFile, Proxy = proxy.Address });
        Assert.Equal([1L], await NumbersAsync(source, "SELECT 1 AS X"));
        Assert.Equal([FormattableString.Invariant($"CONNECT localhost:{snowflake.Server.Port}")], proxy.Requests.Distinct());
    }

    private Task CannedManyAsync() => snowflake.CannedAsync(Many, [("fixed", 0)], [["0"], ["1"]], [.. Enumerable.Range(2, 38).Select(i => new[] { $"{i}" })]);

    private SnowflakeConnector WithKey(string user, string pem, string? passphrase) => snowflake.Connector(
        options => options with { Authentication = SnowflakeAuthentication.KeyPair, User = user },
        new SnowflakeSecrets(_ => ValueTask.FromResult(pem), passphrase is null ? null : _ => ValueTask.FromResult(passphrase)));
}
