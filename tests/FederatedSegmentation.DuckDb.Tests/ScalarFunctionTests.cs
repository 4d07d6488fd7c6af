using System.Text;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Functions;
using Xunit;

namespace FederatedSegmentation.DuckDb.Tests;

public sealed class ScalarFunctionTests : IAsyncLifetime
{
    private static readonly ArrowType Micros = ArrowType.Timestamp(ArrowTimeUnit.Microsecond);
    private readonly DuckDbInstance _instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 4 });
    private DuckDbConnection _connection = null!;

    public Task InitializeAsync()
    {
        _instance.RegisterScalarFunction(new ScalarFunction("shift", [Micros, ArrowType.Utf8], Micros, call =>
        {
            var times = call.Argument(0).Values<long>();
            var zones = call.Argument(1);
            var results = call.Results<long>();
            for (var row = 0; row < call.RowCount; row++)
            {
                if (!call.Argument(0).IsNull(row) && !zones.IsNull(row))
                {
                    results[row] = times[row] + (long.Parse(Encoding.UTF8.GetString(zones.Text(row))) * 3_600_000_000);
                }
            }
        }));
        _instance.RegisterScalarFunction(new ScalarFunction("echo", [ArrowType.Utf8], ArrowType.Utf8, call =>
        {
            for (var row = 0; row < call.RowCount; row++)
            {
                if (call.Argument(0).IsNull(row))
                {
                    continue;
                }

                var text = call.Argument(0).Text(row);
                if (text.SequenceEqual("fail"u8))
                {
                    throw new FormatException("no such zone");
                }

                if (text.SequenceEqual("nothing"u8))
                {
                    call.SetNull(row);
                }
                else
                {
                    call.SetText(row, text);
                }
            }
        }));
        _connection = _instance.CreateConnection();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _instance.DisposeAsync();

    [Fact]
    public async Task A_function_gets_columns_and_constants()
    {
        Assert.Equal(
            ["2024-01-01 02:00:00|2024-01-01 05:00:00", "NULL|NULL"],
            await _connection.RowsAsync(
                "SELECT shift(t, '2')::VARCHAR, shift(t, z)::VARCHAR FROM (VALUES (TIMESTAMP '2024-01-01', '5'), (NULL, '5')) v(t, z) ORDER BY t NULLS LAST"));
        Assert.Equal("2024-01-01 03:00:00", await _connection.QueryStringAsync("SELECT shift(TIMESTAMP '2024-01-01', '3')::VARCHAR", default));
        Assert.Null(await _connection.QueryStringAsync("SELECT shift(TIMESTAMP '2024-01-01', NULL)::VARCHAR", default));
    }

    [Fact]
    public async Task A_function_runs_over_many_vectors_and_filters()
    {
        Assert.Equal(
            250_000,
            await _connection.QueryInt64Async(
                """
                SELECT count(*) FROM (SELECT TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND t, CASE WHEN i % 4 <> 0 THEN (i % 12)::VARCHAR END z, i FROM range(500000) r(i))
                WHERE shift(t, z) = t + INTERVAL (i % 12) HOUR AND i % 2 = 1
                """,
                default));
        Assert.Equal(125_000, await _connection.QueryInt64Async("SELECT count(*) FROM range(500000) r(i) WHERE shift(TIMESTAMP '2024-01-01', CASE WHEN i % 4 > 0 THEN '1' END) IS NULL", default));
    }

    [Fact]
    public async Task Text_goes_in_and_out()
    {
        Assert.Equal(
            ["", "a longer text than fits inline", "é", "NULL", "NULL"],
            await _connection.RowsAsync("SELECT echo(x) FROM (VALUES (1, ''), (2, 'a longer text than fits inline'), (3, 'é'), (4, NULL), (5, 'nothing')) v(i, x) ORDER BY i"));
    }

    [Fact]
    public async Task An_exception_in_a_function_ends_the_statement()
    {
        var error = await Assert.ThrowsAsync<DuckDbException>(() => _connection.ExecuteAsync("SELECT echo(x) FROM (VALUES ('a'), ('fail')) v(x)", default));
        Assert.Contains("no such zone", error.Message, StringComparison.Ordinal);
        Assert.Equal("ok", await _connection.QueryStringAsync("SELECT echo('ok')", default));
    }
}
