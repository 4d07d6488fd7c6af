using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Execution.Tests;

/// <summary>The instant at which a run gives up.</summary>
public sealed class DeadlineTests
{
    private readonly ManualTime _time = new();

    private Deadline Of(TimeSpan allowed, CancellationToken caller = default) => new(_time, _time.GetTimestamp(), allowed, caller);

    [Fact]
    public async Task Work_that_ends_in_time_gives_its_result()
    {
        using var deadline = Of(TimeSpan.FromSeconds(10));
        Assert.Equal(5, await deadline.RunAsync(_ => Task.FromResult(5)));
    }

    [Fact]
    public void The_time_that_passed_before_it_was_made_counts()
    {
        var started = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(4));
        using var deadline = new Deadline(_time, started, TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.Equal(TimeSpan.FromSeconds(6), deadline.Remaining);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.Zero, deadline.Remaining);
    }

    [Theory]
    [InlineData(10_000, "SLA001: The run did not end within its deadline of 00:00:10. Allow more time with --deadline or the setting Deadline, or look at the slowest fragment with 'fedseg run --json'.")]
    [InlineData(250, "SLA001: The run did not end within its deadline of 0.250 s. Allow more time with --deadline or the setting Deadline, or look at the slowest fragment with 'fedseg run --json'.")]
    public async Task Work_that_does_not_end_in_time_is_cancelled_and_misses_its_deadline(int milliseconds, string line)
    {
        var allowed = TimeSpan.FromMilliseconds(milliseconds);
        using var deadline = Of(allowed);
        var running = deadline.RunAsync(async cancellationToken =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        });
        _time.Advance(allowed);
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => running);
        Assert.Equal(line, failure.Message);
    }

    [Fact]
    public async Task Work_does_not_begin_behind_the_deadline()
    {
        using var deadline = Of(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        var began = false;
        await Assert.ThrowsAsync<FederatedSegmentationException>(() => deadline.RunAsync(_ => Task.FromResult(began = true)));
        Assert.False(began);
    }

    [Fact]
    public async Task The_caller_s_cancellation_stays_one_even_when_the_deadline_has_passed_too()
    {
        using var caller = new CancellationTokenSource();
        using var deadline = Of(TimeSpan.FromSeconds(1), caller.Token);
        var running = deadline.RunAsync(async cancellationToken =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        });
        await caller.CancelAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_failure_of_the_work_is_thrown_as_it_is()
    {
        using var deadline = Of(TimeSpan.FromSeconds(1));
        var failure = new IOException("broken");
        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => deadline.RunAsync<int>(_ => throw failure)));
    }
}
