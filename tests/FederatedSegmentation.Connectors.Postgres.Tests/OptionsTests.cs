using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

/// <summary>Settings of a source, and what SQLSTATEs mean.</summary>
public sealed class OptionsTests
{
    private static readonly PostgresOptions Good = new() { Host = "db.example.com", Database = "shop", User = "seg" };

    [Fact]
    public void Good_settings_have_no_problem() => Assert.Empty(Good.Validate("ops"));

    public static TheoryData<string, string, PostgresOptions> Bad => new()
    {
        { "CFG004", "Host", Good with { Host = "" } },
        { "CFG006", "Host", Good with { Host = "a, b" } },
        { "CFG006", "Port", Good with { Port = 0 } },
        { "CFG004", "Database", Good with { Database = " " } },
        { "CFG006", "User", Good with { User = "" } },
        { "CFG006", "Schema", Good with { Schema = "" } },
        { "CFG009", "SslMode", Good with { SslMode = PostgresSslMode.Disable } },
        { "CFG009", "SslMode", Good with { SslMode = PostgresSslMode.Require } },
        { "CFG006", "RootCertificate", Good with { RootCertificate = "/nowhere/ca.pem" } },
        { "CFG006", "MaxConcurrent", Good with { MaxConcurrent = 65 } },
        { "CFG006", "StatementTimeout", Good with { StatementTimeout = TimeSpan.Zero } },
        { "CFG006", "ConnectTimeout", Good with { ConnectTimeout = TimeSpan.FromMilliseconds(10) } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_setting_is_named(string code, string option, PostgresOptions options)
    {
        var problem = Assert.Single(options.Validate("ops"));
        Assert.Equal((code, option, "ops"), (problem.Code, problem.Pointer, problem.Source));
        Assert.Equal(code, Assert.Single(Assert.Throws<FederatedSegmentationException>(() => SourceOver.Connector(options, "p")).Problems).Code);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("LOCALHOST")]
    [InlineData("/run/postgresql")]
    public void Without_TLS_only_this_machine_is_read(string host) => Assert.Empty((Good with { Host = host, SslMode = PostgresSslMode.Disable }).Validate("ops"));

    [Theory]
    [InlineData("28P01", "SRC003", false)]
    [InlineData("57P03", "SRC007", true)]
    [InlineData("08006", "SRC007", true)]
    [InlineData("53300", "SRC008", true)]
    [InlineData("53999", "SRC008", true)]
    [InlineData("53100", "SRC009", false)]
    [InlineData("40001", "SRC009", true)]
    [InlineData("72000", "SRC011", true)]
    [InlineData("22003", "DAT004", false)]
    [InlineData("22012", "DAT001", false)]
    [InlineData("99999", "SRC009", false)]
    [InlineData("", "SRC009", false)]
    public void A_state_means_what_its_own_rule_says_or_that_of_its_class(string state, string code, bool isTransient)
    {
        var rule = SqlStateTable.Find(state);
        Assert.Equal((code, isTransient), (rule.Code, rule.IsTransient));
    }

    [Fact]
    public void No_text_of_the_server_reaches_an_error()
    {
        var errors = new PostgresErrors("ops", Good);
        var refused = new Npgsql.PostgresException("duplicate value (secret@example.com)", "ERROR", "ERROR", "23505", detail: "Key (email)=(secret@example.com)");
        var failure = errors.Of(refused, Stage.Execute, SubmissionState.Submitted, "fragment F1");
        Assert.Equal("SRC009 ops: db.example.com:5432 refused fragment F1. (SQLSTATE 23505) Look the SQLSTATE up in PostgreSQL's manual, and at the server's log.", failure.Message);
    }
}
