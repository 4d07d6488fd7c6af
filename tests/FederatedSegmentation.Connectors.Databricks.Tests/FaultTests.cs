using System.Text.Json.Nodes;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

/// <summary>What the workspace, its storage and the network do wrong: a typed error, nothing lost, nothing repeated.</summary>
public sealed class FaultTests(Workspace workspace) : IClassFixture<Workspace>
{
    [WarehouseTheory]
    [InlineData("submit", "status", "{\"status\":503,\"headers\":{\"retry-after\":\"2\"}}", "SRC008", true, 2)]
    [InlineData("submit", "status", "{\"status\":500}", "SRC009", true, null)]
    [InlineData("submit", "status", "{\"status\":502,\"body\":\"<html>\"}", "SRC007", true, null)]
    [InlineData("submit", "status", "{\"status\":302,\"headers\":{\"location\":\"https://example.com/\"}}", "SRC001", false, null)]
    [InlineData("submit", "drop", "{}", "SRC007", true, null)]
    [InlineData("submit", "truncate", "{\"bytes\":20}", "SRC007", true, null)]
    [InlineData("submit", "replaceBody", "{\"body\":\"{\"}", "SRC010", true, null)]
    [InlineData("submit", "replaceBody", "{\"body\":\"[]\"}", "SRC010", true, null)]
    [InlineData("submit", "replaceBody", "{\"body\":\"{\\\"statement_id\\\":\\\"../x\\\",\\\"status\\\":{\\\"state\\\":\\\"PENDING\\\"}}\"}", "SRC010", true, null)]
    [InlineData("poll", "throttle", "{\"headers\":{\"retry-after\":\"1\"}}", "SRC008", true, 1)]
    [InlineData("poll", "unknownState", "{}", "SRC010", true, null)]
    [InlineData("poll", "invisible", "{}", "SRC010", true, null)]
    [InlineData("poll", "drop", "{\"times\":-1}", "SRC007", true, null)]
    [InlineData("link", "status", "{\"status\":503,\"headers\":{\"retry-after\":\"3\"}}", "SRC010", true, 3)]
    [InlineData("link", "status", "{\"status\":404}", "SRC010", true, null)]
    [InlineData("link", "expire", "{\"times\":-1}", "SRC010", true, null)]
    [InlineData("link", "drop", "{\"times\":-1}", "SRC007", true, null)]
    [InlineData("link", "replaceBody", "{\"body\":\"\"}", "SRC010", true, null)]
    [InlineData("link", "replaceBody", "{\"body\":\"/////wAAAIA=\",\"encoding\":\"base64\"}", "SRC010", true, null)]
    // 200 MB of zeros.
    [InlineData("poll", "bomb", "{}", "SRC012", false, null)]
    [InlineData("link", "bomb", "{}", "SRC010", true, null)]
    [InlineData("openSession", "status", "{\"status\":500}", "SRC009", true, null)]
    public async Task A_failure_is_typed(string operation, string kind, string members, string code, bool isTransient, int? retryAfterSeconds)
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        var fault = JsonNode.Parse(members)!.AsObject();
        if (kind == "bomb")
        {
            (kind, fault) = ("replaceBody", new JsonObject { ["body"] = Convert.ToBase64String(Bomb()), ["encoding"] = "base64", ["headers"] = new JsonObject { ["content-encoding"] = "gzip" } });
        }

        await workspace.FaultAsync(operation, kind, [.. fault.Select(member => (member.Key, member.Value?.DeepClone()))]);
        await using var connector = workspace.Connect();
        var failure = await Workspace.FailureAsync(connector);
        Assert.Equal((code, isTransient), (failure.Problems[0].Code, failure.Problems[0].IsTransient));
        Assert.Equal(retryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null, failure.Problems[0].RetryAfter);
        Assert.DoesNotContain("127.0.0.1:0", failure.Message, StringComparison.Ordinal);
        Assert.Equal("src", failure.Problems[0].Source);
    }

    private static byte[] Bomb()
    {
        var bomb = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(bomb, System.IO.Compression.CompressionLevel.Optimal))
        {
            var zeros = new byte[1 << 20];
            // To Arrow, a message whose description is long.
            gzip.Write([255, 255, 255, 255, 0, 0, 0, 8]);
            for (var i = 0; i < 200; i++)
            {
                gzip.Write(zeros);
            }
        }

        return bomb.ToArray();
    }

    [WarehouseFact]
    public async Task A_statement_beyond_its_time_is_stopped_by_the_warehouse()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect(options => options with { StatementTimeout = TimeSpan.FromSeconds(1) });
        var failure = await Workspace.FailureAsync(connector, "SELECT count(*) AS n FROM many AS a CROSS JOIN many AS b CROSS JOIN many AS c WHERE a.n + b.n <> c.n");
        Assert.Equal(("RES101", "57KD0"), (failure.Problems[0].Code, failure.NativeCode));
        Assert.Contains("StatementTimeout", failure.Problems[0].Hint, StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task A_submission_whose_answer_is_lost_may_be_running()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.FaultAsync("submit", "loseResponse");
        await using var connector = workspace.Connect();
        Assert.Equal(SubmissionState.Unknown, (await Workspace.FailureAsync(connector)).Submission);
        Assert.Single(await workspace.Server.Control.LogAsync(CancellationToken.None), request => request.Operation == "submit");
    }

    [WarehouseFact]
    public async Task A_lie_about_the_number_of_rows_is_noticed()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.FaultAsync("poll", "lieRows", ("rows", 1), ("times", -1));
        await using var connector = workspace.Connect();
        var failure = await Workspace.FailureAsync(connector);
        Assert.Equal("SRC010", failure.Problems[0].Code);
        Assert.Contains("5000 rows, where 5001", failure.Problems[0].Message, StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task A_result_that_was_cut_off_is_an_error()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.SetAsync(("truncateAtRows", 100));
        await using var connector = workspace.Connect();
        Assert.Equal("SRC012", (await Workspace.FailureAsync(connector)).Problems[0].Code);
    }

    [WarehouseTheory]
    [InlineData("https://example.com/x?Signature=secret")]
    [InlineData("http://storage.example.com/x?Signature=secret")]
    [InlineData("https://evil.compute-1.amazonaws.com/x?Signature=secret")]
    [InlineData("https://user:Signature@bucket.s3.us-east-1.amazonaws.com/x")]
    public async Task A_link_to_another_host_is_refused_and_not_shown(string url)
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.FaultAsync("poll", "linkHost", ("url", url), ("times", -1));
        await using var connector = workspace.Connect();
        var failure = await Workspace.FailureAsync(connector);
        Assert.Equal("SRC013", failure.Problems[0].Code);
        Assert.DoesNotContain("example.com", failure.Problems[0].Message, StringComparison.Ordinal);
    }

    [WarehouseTheory]
    [InlineData("SELECT n FROM nothing", "SRC004", "42P01")]
    [InlineData("SELECT nothing FROM many", "SRC005", "42703")]
    [InlineData("SELECT n FROM", "SRC009", "42601")]
    [InlineData("SELECT CAST(t AS BIGINT) AS n FROM many", "DAT001", "22018")]
    [InlineData("SELECT n FROM many WHERE CASE WHEN n < 0 THEN TRUE ELSE CAST(raise_error('FEDSEG|DAT001') AS BOOLEAN) END", "DAT001", null)]
    [InlineData("SELECT nothing FROM many WHERE t = 'FEDSEG|DAT001'", "SRC005", "42703")]
    public async Task A_statement_that_fails_is_told_by_its_state(string sql, string code, string? state)
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect();
        var failure = await Workspace.FailureAsync(connector, sql);
        Assert.Equal((code, state, SubmissionState.Submitted), (failure.Problems[0].Code, failure.NativeCode, failure.Submission));
        Assert.DoesNotContain("text 0", failure.ToString(), StringComparison.Ordinal);
        await workspace.FaultAsync("submit", "noSqlState");
        Assert.Equal(code, (await Workspace.FailureAsync(connector, sql)).Problems[0].Code);
    }

    [WarehouseFact]
    public async Task A_warehouse_that_is_gone_full_or_not_permitted_is_told()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using (var connector = workspace.Connect(options => options with { WarehouseId = "fedcba9876543210" }))
        {
            Assert.Equal("SRC006", (await Workspace.FailureAsync(connector)).Problems[0].Code);
        }

        await using (var connector = workspace.Connect())
        {
            await workspace.Server.Control.VendorAsync(new JsonObject { ["warehouse"] = "GONE" }, CancellationToken.None);
            Assert.Equal("SRC003", (await Workspace.FailureAsync(connector)).Problems[0].Code);
            await workspace.Server.Control.VendorAsync(new JsonObject { ["warehouse"] = "FULL" }, CancellationToken.None);
            var full = (await Workspace.FailureAsync(connector)).Problems[0];
            Assert.Equal(("SRC008", true), (full.Code, full.IsTransient));
        }
    }
}
