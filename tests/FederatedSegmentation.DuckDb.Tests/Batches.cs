using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Ingestion;
using Xunit;

// Leaks are found by the bytes that the process holds, so tests run one after another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace FederatedSegmentation.DuckDb.Tests;

/// <summary>Test data and short ways to run statements over it.</summary>
internal static class Batches
{
    /// <summary>Memory that was given back reads as 0xDD in all tests of this project, so that a late reader gets wrong values.</summary>
    [ModuleInitializer]
    internal static void Poison() => NativeAllocation.PoisonOnRelease = true;

    internal static RecordBatch Build(ArrowSchema schema, int rows, Action<RecordBatchBuilder, int> append)
    {
        using var builder = new RecordBatchBuilder(schema);
        for (var row = 0; row < rows; row++)
        {
            append(builder, row);
        }

        return builder.Build();
    }

    /// <summary>A source that hands out the batches one by one.</summary>
    internal static FragmentSource Source(ArrowSchema schema, params IEnumerable<RecordBatch> batches)
    {
        var enumerator = batches.GetEnumerator();
        return new FragmentSource(schema, null, _ => enumerator.MoveNext() ? enumerator.Current : null);
    }

    internal static async Task<long> CreateTableAsync(this DuckDbConnection connection, DuckDbInstance instance, string table, FragmentSource source)
    {
        using var fragment = instance.RegisterFragment(source);
        return await connection.ExecuteAsync($"CREATE TABLE {table} AS SELECT * FROM {fragment.TableExpression}", default);
    }

    internal static async Task<List<string>> RowsAsync(this DuckDbConnection connection, string sql)
    {
        var rows = new List<string>();
        await using var reader = await connection.QueryAsync(sql, default);
        await foreach (var batch in reader.ReadAllAsync(default))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add(string.Join('|', batch.Columns.Select(column => column.IsNull(row) ? "NULL" : column.GetString(row))));
                }
            }
        }

        return rows;
    }
}
