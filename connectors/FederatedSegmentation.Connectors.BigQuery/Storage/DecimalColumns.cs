using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.BigQuery.Catalog;
using FederatedSegmentation.Model.Types;
using DecimalType = FederatedSegmentation.Arrow.DecimalType;

namespace FederatedSegmentation.Connectors.BigQuery.Storage;

/// <summary>
/// Batches as the statement promises them. BigQuery forgets a number's declared digits in a result: NUMERIC arrives with 38 digits of which 9 are behind the
/// point, greater numbers as text. All other columns stay as they were received. Not thread safe.
/// </summary>
internal sealed class DecimalColumns
{
    private static readonly ArrowType Numeric = ArrowType.Decimal128(38, 9);

    private readonly ArrowSchema _schema;
    private readonly ArrowSchema _converted;
    private readonly ImmutableArray<(int Column, StoredDecimal Storage)> _columns;

    internal DecimalColumns(ArrowSchema schema, ImmutableArray<StorageType> storages)
    {
        _schema = schema;
        _columns = [.. storages.Select((storage, i) => (i, storage as StoredDecimal)).Where(pair => pair.Item2 is not null).Select(pair => (pair.i, pair.Item2!))];
        _converted = new ArrowSchema(_columns.Select(column => schema.Fields[column.Column]));
        Misfits = new long[storages.Length];
    }

    /// <summary>Per column, how many numbers had more digits than its type.</summary>
    internal long[] Misfits { get; }

    /// <summary>The type in which a column of a storage arrives.</summary>
    internal static ArrowType ArrivingType(StorageType storage) => storage is StoredDecimal exact
        ? BigQueryDialect.IsNumeric(exact) ? Numeric : ArrowType.Utf8
        : BigQueryTypes.ArrowOf(storage);

    /// <summary>The batch under the statement's schema; the given one is used up.</summary>
    internal RecordBatch Convert(RecordBatch batch)
    {
        using var builder = new RecordBatchBuilder(_converted);
        try
        {
            for (var i = 0; i < _columns.Length; i++)
            {
                var (column, storage) = _columns[i];
                if (batch.Columns[column].Type is DecimalType)
                {
                    Rescale(batch.Columns[column], storage, column, builder.Columns[i]);
                }
                else
                {
                    Parse(batch.Columns[column], storage, column, builder.Columns[i]);
                }
            }

            return batch.With(_schema, builder);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private void Rescale(ArrowColumn source, StoredDecimal storage, int column, ColumnBuilder target)
    {
        var divisor = 1L;
        for (var i = storage.Scale; i < 9; i++)
        {
            divisor *= 10;
        }

        var limit = Int128.One;
        for (var i = 0; i < storage.Precision; i++)
        {
            limit *= 10;
        }

        var values = source.Values<Int128>();
        for (var row = 0; row < values.Length; row++)
        {
            if (source.NullCount > 0 && source.IsNull(row))
            {
                target.AppendNull();
                continue;
            }

            var value = values[row];
            Int128 quotient;
            bool isWhole;
            if (value >= long.MinValue && value <= long.MaxValue)
            {
                // Numbers of a usual size are divided much faster.
                var (small, rest) = Math.DivRem((long)value, divisor);
                (quotient, isWhole) = (small, rest == 0);
            }
            else
            {
                quotient = value / divisor;
                isWhole = quotient * divisor == value;
            }

            if (isWhole && quotient < limit && quotient > -limit)
            {
                target.AppendDecimal128(quotient);
            }
            else
            {
                Misfits[column]++;
                target.AppendNull();
            }
        }
    }

    private void Parse(ArrowColumn source, StoredDecimal storage, int column, ColumnBuilder target)
    {
        for (var row = 0; row < source.Length; row++)
        {
            if (source.IsNull(row))
            {
                target.AppendNull();
            }
            else if (ValueText.TryDecimal(source.GetBytes(row), storage.Precision, storage.Scale, out var unscaled))
            {
                target.AppendDecimal128(unscaled);
            }
            else
            {
                Misfits[column]++;
                target.AppendNull();
            }
        }
    }
}
