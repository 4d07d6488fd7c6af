using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;
using Xunit;

namespace FederatedSegmentation.Connectors.Tests.Http;

/// <summary>Settings, errors and times to wait.</summary>
public sealed class HttpRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0", 0.0)]
    [InlineData("120", 120.0)]
    [InlineData(" 7 ", 7.0)]
    [InlineData("86400", 86400.0)]
    [InlineData("86401", 86400.0)]
    [InlineData("99999999999999999999999", 86400.0)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("1e3", null)]
    [InlineData("soon", null)]
    [InlineData("Thu, 26 Nov 2026 12:00:30 GMT", 30.0)]
    [InlineData("Thursday, 26-Nov-26 12:00:30 GMT", 30.0)]
    [InlineData("Thu Nov 26 12:00:30 2026", 30.0)]
    [InlineData("Thu, 26 Nov 2026 11:00:00 GMT", 0.0)]
    [InlineData("Fri, 26 Nov 2100 12:00:00 GMT", 86400.0)]
    [InlineData("Thu, 99 Nov 2026 12:00:00 GMT", null)]
    public void A_time_to_wait_is_read_in_all_its_forms(string? header, double? seconds)
        => Assert.Equal(seconds is { } expected ? TimeSpan.FromSeconds(expected) : null, RetryAfter.Read(header, Now));

    [Theory]
    [InlineData(422, "002003", "SRC004")]
    [InlineData(429, "390505", "SRC008")]
    [InlineData(400, "390505", "SRC003")]
    [InlineData(429, null, "SRC008")]
    [InlineData(500, "unheard-of", "SRC009")]
    [InlineData(599, null, "SRC009")]
    [InlineData(503, null, "SRC009")]
    [InlineData(499, null, "SRC009")]
    [InlineData(0, "390505", "SRC003")]
    public void The_most_special_rule_decides(int status, string? code, string expected)
    {
        var table = new HttpErrorTable(
            new SourceErrorRule("002003", SourceErrorCodes.TableMissing, false, "m", "h"),
            new SourceErrorRule("429/390505", SourceErrorCodes.Busy, true, "m", "h"),
            new SourceErrorRule("390505", SourceErrorCodes.Refused, false, "m", "h"),
            new SourceErrorRule("503", SourceErrorCodes.StatementFailed, true, "m", "h"));

        Assert.Equal(expected, table.Find(status, code).Code);
    }

    [Fact]
    public void A_message_is_filled_in_and_names_status_and_code()
    {
        var errors = new HttpErrors("crm", "acme.example", new HttpErrorTable(new SourceErrorRule("42", SourceErrorCodes.PermissionDenied, false, "{what} may not be read by {role} at {server}.", "GRANT SELECT TO {role};")), [new("role", "ANALYST")]);

        var error = errors.OfStatus(422, "42", null, Stage.Execute, SubmissionState.Submitted, "fragment F1");

        Assert.Equal("SRC006 crm: Fragment F1 may not be read by ANALYST at acme.example. (HTTP 422, code 42) GRANT SELECT TO ANALYST;", error.Problems[0].ToString());
        Assert.Equal(("42", SubmissionState.Submitted), (error.NativeCode, error.Submission));
    }

    [Theory]
    [InlineData("password is hunter2")]
    [InlineData("a\nb")]
    [InlineData("")]
    public void A_code_that_is_no_plain_word_is_not_shown(string code)
    {
        var error = new HttpErrors("crm", "acme.example", new HttpErrorTable()).OfStatus(422, code, null, Stage.Execute, SubmissionState.NotSubmitted, "the query");

        Assert.Equal("SRC009 crm: acme.example refused the query. (HTTP 422) Look the code up in the vendor's manual.", error.Problems[0].ToString());
    }

    [Theory]
    [InlineData("https://acme.example", null)]
    [InlineData("https://acme.example:8443/behind", null)]
    [InlineData("http://localhost:8080", null)]
    [InlineData("http://127.0.0.1", null)]
    [InlineData("http://[::1]:1", null)]
    [InlineData("http://acme.example", "CFG009")]
    [InlineData("http://localhost.acme.example", "CFG009")]
    [InlineData("ftp://acme.example", "CFG006")]
    [InlineData("https://user:pass@acme.example", "CFG006")]
    [InlineData("https://acme.example/?q=1", "CFG006")]
    [InlineData("acme.example", "CFG006")]
    public void An_endpoint_is_an_address_over_TLS_or_on_loopback(string endpoint, string? code)
        => Assert.Equal(code, new HttpTransportOptions { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) }.Validate("crm").Select(problem => problem.Code).SingleOrDefault());

    [Fact]
    public void Every_wrong_option_is_told_at_once_and_without_a_password()
    {
        var problems = new HttpTransportOptions
        {
            Proxy = new Uri("http://user:hunter2@proxy:3128"),
            RootCertificate = "/not/there.pem",
            LinkHosts = [".com", "a/b", "ok.example", ".blob.core.windows.net", "host:99"],
            ConnectTimeout = TimeSpan.Zero,
            SilenceTimeout = TimeSpan.FromDays(1),
            MaxConnections = 0,
        }.Validate("crm");

        Assert.Equal(["Endpoint", "Proxy", "RootCertificate", "LinkHosts", "LinkHosts", "ConnectTimeout", "SilenceTimeout", "MaxConnections"], problems.Select(problem => problem.Pointer));
        Assert.DoesNotContain("hunter2", string.Join('\n', problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://acme.example/x", true)]
    [InlineData("https://a.blob.core.windows.net/x?sig=1", true)]
    [InlineData("https://A.BLOB.core.windows.net/x", true)]
    [InlineData("https://s3.example:9000/x", true)]
    [InlineData("https://s3.example/x", false)]
    [InlineData("https://blob.core.windows.net/x", false)]
    [InlineData("https://a.blob.core.windows.net.evil.example/x", false)]
    [InlineData("https://evilblob.core.windows.net/x", false)]
    [InlineData("https://a.blob.core.windows.net:444/x", false)]
    [InlineData("http://a.blob.core.windows.net/x", false)]
    [InlineData("https://user@acme.example/x", false)]
    [InlineData("https://acme.example:444/x", false)]
    [InlineData("http://127.0.0.1/x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("relative", false)]
    public void A_link_leads_to_the_endpoint_or_to_a_known_host_over_TLS(string link, bool allowed)
        => Assert.Equal(allowed, new HttpTransportOptions { Endpoint = new Uri("https://acme.example"), LinkHosts = [".blob.core.windows.net", "s3.example:9000"] }.AllowsLink(new Uri(link, UriKind.RelativeOrAbsolute)));
}
