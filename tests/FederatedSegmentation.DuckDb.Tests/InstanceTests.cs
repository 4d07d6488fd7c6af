using FederatedSegmentation.Arrow;
using Xunit;

namespace FederatedSegmentation.DuckDb.Tests;

public sealed class InstanceTests
{
    [Fact]
    public async Task A_statement_returns_its_rows()
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        Assert.Equal(499_999_500_000, await connection.QueryInt64Async("SELECT sum(i) FROM range(1000000) t(i)", default));
        Assert.Equal("UTC", await connection.QueryStringAsync("SELECT current_setting('TimeZone')", default));
        Assert.Equal(5, await connection.ExecuteAsync("CREATE TABLE t AS SELECT * FROM range(5)", default));
        Assert.Equal(2, await connection.ExecuteAsync("INSERT INTO t VALUES (7), (8)", default));
    }
}
