using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Testing.Conformance;

/// <summary>
/// What a connector makes of a server that misbehaves: nothing is lost, nothing runs twice, and what cannot be mended is a typed error. Derived once for each
/// connector; where a sentence does not apply, the derived class overrides it as a skipped test with the reason.
/// </summary>
public abstract class MisbehaviourTests
{
    /// <summary>The server.</summary>
    protected abstract IMisbehavingServer Server { get; }

    /// <summary>Case 80: a part that comes late changes nothing.</summary>
    [WarehouseFact]
    public virtual Task Parts_that_arrive_in_another_order_are_each_read_once() => RecoversAsync(Misbehaviour.DelayPart);

    /// <summary>Case 80: rows that were announced and did not come.</summary>
    [WarehouseFact]
    public virtual Task A_part_that_is_missing_is_no_result() => FailsAsync(Misbehaviour.LosePart, SourceErrorCodes.Incomplete);

    /// <summary>Case 81.</summary>
    [WarehouseFact]
    public virtual Task A_link_that_has_expired_is_replaced() => RecoversAsync(Misbehaviour.ExpireLink);

    /// <summary>Case 82: the connection ends inside of a part.</summary>
    [WarehouseFact]
    public virtual Task A_part_that_is_cut_short_is_no_result() => FailsAsync(Misbehaviour.CutPart, SourceErrorCodes.ConnectionLost, SourceErrorCodes.Incomplete);

    /// <summary>Case 82: bytes that are no part.</summary>
    [WarehouseFact]
    public virtual Task A_part_that_is_something_else_is_no_result() => FailsAsync(Misbehaviour.ReplacePart, SourceErrorCodes.ConnectionLost, SourceErrorCodes.Incomplete);

    /// <summary>Case 85: on the way to the result.</summary>
    [WarehouseFact]
    public virtual Task A_token_that_expires_while_the_statement_runs_is_replaced_and_nothing_runs_twice() => RecoversAsync(Misbehaviour.ExpireTokenRunning);

    /// <summary>Case 85: inside of the result.</summary>
    [WarehouseFact]
    public virtual Task A_token_that_expires_while_rows_arrive_is_replaced_and_nothing_runs_twice() => RecoversAsync(Misbehaviour.ExpireTokenFetching);

    /// <summary>Case 86: in all forms in which a server says when to come back.</summary>
    [WarehouseTheory]
    [InlineData("7", 7.0)]
    [InlineData("99999999999999", 86_400.0)]
    [InlineData("Fri, 01 Jan 2100 00:00:00 GMT", 86_400.0)]
    [InlineData("soon", null)]
    public virtual async Task A_source_without_room_says_when_to_come_back(string retryAfter, double? seconds)
    {
        var failure = await FailsSayingAsync(Misbehaviour.Busy, retryAfter, SourceErrorCodes.Busy);
        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, failure.Problems[0].RetryAfter);
    }

    /// <summary>Case 86: where it does not say when.</summary>
    [WarehouseFact]
    public virtual async Task A_source_without_room_is_asked_once_and_says_so()
        => Assert.Null((await FailsAsync(Misbehaviour.Busy, SourceErrorCodes.Busy)).Problems[0].RetryAfter);

    /// <summary>Case 86: whether the statement runs is unknown, so it must not be sent again.</summary>
    [WarehouseFact]
    public virtual async Task An_answer_that_is_lost_leaves_it_open_whether_the_statement_runs()
        => Assert.NotEqual(SubmissionState.NotSubmitted, (await FailsAsync(Misbehaviour.LoseAnswer, SourceErrorCodes.ConnectionLost)).Submission);

    /// <summary>Case 87: a source that sleeps, queues or starts.</summary>
    [WarehouseFact]
    public virtual Task A_source_that_has_to_start_is_waited_for() => RecoversAsync(Misbehaviour.StartLate);

    /// <summary>Case 88: what was planned is not what comes.</summary>
    [WarehouseFact]
    public virtual async Task A_column_of_another_type_than_planned_is_no_answer()
    {
        await Server.ResetAsync();
        await using var source = Server.Connect();
        var failure = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(source, Server.Texts));
        Assert.Equal(("INT003", ErrorKind.Internal), (failure.Problems[0].Code, failure.Problems[0].Kind));
    }

    private async Task RecoversAsync(Misbehaviour what)
    {
        await Server.ResetAsync();
        await using var source = Server.Connect();
        await Server.BeginAsync(what, null);
        Assert.Equal(Enumerable.Range(0, Server.Rows).Select(i => (long)i), await ReadAsync(source, Server.Numbers));
        Assert.Equal((0, 1), (await Server.WaitingAsync(), await Server.SubmissionsAsync()));
    }

    private Task<SourceException> FailsAsync(Misbehaviour what, params string[] codes) => FailsSayingAsync(what, null, codes);

    private async Task<SourceException> FailsSayingAsync(Misbehaviour what, string? retryAfter, params string[] codes)
    {
        await Server.ResetAsync();
        await using var source = Server.Connect();
        await Server.BeginAsync(what, retryAfter);
        var failure = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(source, Server.Numbers));
        var problem = Assert.Single(failure.Problems);
        Assert.Contains(problem.Code, codes);
        Assert.True(problem.IsTransient, problem.ToString());
        Assert.DoesNotContain(Server.Secret, failure.ToString(), StringComparison.Ordinal);
        Assert.Equal((0, 1), (await Server.WaitingAsync(), await Server.SubmissionsAsync()));

        // The source is as good as before.
        Assert.Equal(Server.Rows, (await ReadAsync(source, Server.Numbers)).Count);
        return failure;
    }

    private static async Task<List<long>> ReadAsync(IRemoteSource source, CompiledFragment fragment)
    {
        var numbers = new List<long>();
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(5)), CancellationToken.None);
        await using var statement = await session.SubmitAsync(fragment, CancellationToken.None);
        await foreach (var batch in statement.FetchAsync(CancellationToken.None))
        {
            using (batch)
            {
                numbers.AddRange(batch.Columns[0].Values<long>());
            }
        }

        numbers.Sort();
        return numbers;
    }
}
