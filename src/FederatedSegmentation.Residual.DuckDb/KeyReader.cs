using System.Collections.Immutable;
using System.Numerics;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Residual;
using FederatedSegmentation.Sql;
using DateType = FederatedSegmentation.Model.Types.DateType;
using DecimalType = FederatedSegmentation.Model.Types.DecimalType;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>Reads keys out of the engine as constants for a statement. Their number is bounded by what a statement takes.</summary>
internal static class KeyReader
{
    /// <summary>The keys, or null where there are too many, or too long ones.</summary>
    public static async Task<TravellingKeys?> ReadAsync(DuckDbConnection connection, KeyStatement statement, CancellationToken cancellationToken)
    {
        var keys = ImmutableArray.CreateBuilder<ImmutableArray<Literal>>();
        var bytes = 0L;
        var reader = await connection.QueryAsync(statement.Sql, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
            {
                using (batch)
                {
                    for (var row = 0; row < batch.RowCount; row++)
                    {
                        var key = ImmutableArray.CreateBuilder<Literal>(statement.Types.Length);
                        for (var part = 0; part < statement.Types.Length; part++)
                        {
                            var value = Read(batch.Columns[part], row, statement.Types[part]);
                            bytes = checked(bytes + SentKeys.TextBytesOf(value));
                            key.Add(value);
                        }

                        keys.Add(key.MoveToImmutable());
                        if (!statement.Rungs.Any(rung => rung.Takes((long)keys.Count * statement.Types.Length, bytes)))
                        {
                            return null;
                        }
                    }
                }
            }
        }

        return new TravellingKeys(keys.ToImmutable(), bytes);
    }

    private static Literal Read(ArrowColumn column, int row, DataType type) => type switch
    {
        Int64Type => new Int64Literal(column.Values<long>()[row]),
        DecimalType exact => new DecimalLiteral((BigInteger)column.Values<Int128>()[row], exact.Scale),
        StringType => new StringLiteral(column.GetString(row)),
        DateType => new DateLiteral(DateOnly.FromDayNumber(checked(column.Values<int>()[row] + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber))),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Keys of this type do not travel."),
    };
}
