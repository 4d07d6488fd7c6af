using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Gateway.Demonstration;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>The members that the demonstration expects: computed beside the gateway, and compared with what it wrote.</summary>
public sealed class DemoAnswersTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("demo-answers");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_row_beside_each_bound_is_told_from_the_row_on_it()
    {
        var answers = await AnswersAsync();
        Assert.Equal<long>([1, 6], answers.Members("german_vips"));
        Assert.Equal<long>([3], answers.Members("lapsed"));
        Assert.Equal<long>([5], answers.Members("window_shoppers"));
        Assert.Equal<long>([7], answers.Members("angry_regulars"));
    }

    [Theory]
    [InlineData("id\n1\n", "german_vips has other members than plain loops over the rows find: of 2, 1 missing, and 0 too many; the first that differs is 6.")]
    [InlineData("id\n1\n2\n3\n", "german_vips has other members than plain loops over the rows find: of 2, 1 missing, and 2 too many; the first that differs is 2.")]
    [InlineData("id\n6\n1\n", "german_vips has other members than plain loops over the rows find: of 2, 0 missing, and 0 too many; they are in another order.")]
    [InlineData("id\n", "german_vips has other members than plain loops over the rows find: of 2, 2 missing, and 0 too many; the first that differs is 1.")]
    public async Task Other_members_than_the_expected_ones_fail_the_demonstration(string written, string message)
    {
        var answers = await AnswersAsync();
        var file = Path.Combine(_folder.FullName, "german_vips.csv");
        await File.WriteAllTextAsync(file, "id\n1\n6\n");
        await answers.CheckAsync("german_vips", file, CancellationToken.None);
        await File.WriteAllTextAsync(file, written);
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => answers.CheckAsync("german_vips", file, CancellationToken.None));
        var problem = Assert.Single(failure.Problems);
        Assert.Equal(("INT004", message), (problem.Code, problem.Message));
    }

    private static async Task<DemoAnswers> AnswersAsync()
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync(
            """
            CREATE TABLE customers AS SELECT id::BIGINT AS id, country, score::DECIMAL(4,3) AS score, opted_out, 100::DECIMAL(10,2) AS spending_limit FROM (VALUES
              (1, 'DE', 0.800, false), (2, 'DE', 0.799, false), (3, NULL, 0.900, false), (4, 'FR', 0.900, false), (5, 'FR', 0, false), (6, 'DE', 0.9, false), (7, 'FR', 0, false), (8, 'FR', 0, true))
              AS t(id, country, score, opted_out);
            CREATE TABLE orders AS SELECT id::BIGINT AS customer_id, moment::TIMESTAMP AS placed_at, amount::DECIMAL(10,2) AS amount FROM (VALUES
              (3, '2026-04-01 21:59:59.999999', 450.00), (3, '2025-01-01', 450.00),      -- exactly 900, and not in the last ninety days
              (4, '2026-04-01 22:00:00', 900.00),                                        -- in the last ninety days
              (1, '2025-01-01', 899.99),
              (5, '2026-06-01', 100.00),                                                 -- exactly the limit, and the purchase is at the same time
              (7, '2026-01-01 23:00:00', 1.00), (8, '2026-06-01', 1.00)) AS t(id, moment, amount);
            CREATE TABLE events AS SELECT id::BIGINT AS customer_id, moment::TIMESTAMP AS happened_at, kind FROM (VALUES
              (5, '2026-05-31 22:00:00', 'view'), (5, '2026-06-10', 'view'), (5, '2026-07-01 08:59:59', 'view'), (5, '2026-06-01', 'purchase'),
              (6, '2026-06-10', 'view'), (6, '2026-06-10', 'view'), (6, '2026-06-10', 'view'),                                          -- a German VIP
              (7, '2026-05-31 21:59:59', 'view'), (7, '2026-06-10', 'view'), (7, '2026-06-10', 'view'),                                 -- a second too early
              (2, '2026-06-10', 'view'), (2, '2026-06-10', 'view'), (2, '2026-07-01 09:00:00', 'view'),                                 -- at the instant of the run
              (4, '2026-06-10', 'view'), (4, '2026-06-10', 'view'), (4, '2026-06-10', 'view'), (4, '2026-06-11', 'purchase'),           -- above the limit
              (8, '2026-06-10', 'view'), (8, '2026-06-10', 'view'), (8, '2026-06-10', 'view')) AS t(id, moment, kind);
            CREATE TABLE cases AS SELECT id::BIGINT AS customer_id, opened::DATE AS opened_on, priority FROM (VALUES
              (7, '2026-04-02', 'P1'), (7, '2026-07-01', 'P2'),
              (5, '2026-04-01', 'P1'), (5, '2026-06-01', 'P1'), (5, '2026-06-01', 'P3'), (8, '2026-06-01', 'P1'), (8, '2026-06-01', 'P1'), (6, '2026-06-01', 'P1'), (6, '2026-06-01', 'P1'))
              AS t(id, opened, priority);
            """,
            CancellationToken.None);
        return await DemoAnswers.ReadAsync(connection, new DemoSize(8, 7, 23, 9), CancellationToken.None);
    }
}
