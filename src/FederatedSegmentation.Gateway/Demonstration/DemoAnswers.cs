using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Gateway.Demonstration;

/// <summary>
/// The members that the segments of the demonstration should have: plain loops over all rows, written from the questions. They share the rows with the gateway,
/// and nothing else: no definition, no plan, no SQL.
/// </summary>
internal sealed class DemoAnswers
{
    // As of DemoData.AsOf, which is 11:00 in Berlin on 1 July. Windows of days begin there at midnight, which is 22:00 UTC of the day before in summer and 23:00 in winter.
    private static readonly long Now = Micros(DemoData.AsOf);
    private static readonly long ThirtyDaysAgo = Micros(new(2026, 5, 31, 22, 0, 0, TimeSpan.Zero));
    private static readonly long NinetyDaysAgo = Micros(new(2026, 4, 1, 22, 0, 0, TimeSpan.Zero));
    private static readonly long HalfAYearAgo = Micros(new(2026, 1, 1, 23, 0, 0, TimeSpan.Zero));
    private static readonly int Today = Days(new(2026, 7, 1));
    private static readonly int FirstOfNinetyDays = Days(new(2026, 4, 2));

    private readonly Customer[] _customers;

    private DemoAnswers(int customers) => _customers = new Customer[customers + 1];

    /// <summary>Reads the tables <c>customers</c>, <c>orders</c>, <c>events</c> and <c>cases</c>, whose customers have the numbers from 1.</summary>
    internal static async Task<DemoAnswers> ReadAsync(DuckDbConnection connection, DemoSize size, CancellationToken cancellationToken)
    {
        var answers = new DemoAnswers(size.Customers);
        await ReadAsync(connection, "SELECT id, country, score, opted_out, spending_limit FROM customers", answers.AddCustomers, cancellationToken).ConfigureAwait(false);
        await ReadAsync(connection, "SELECT customer_id, placed_at, amount FROM orders", answers.AddOrders, cancellationToken).ConfigureAwait(false);
        await ReadAsync(connection, "SELECT customer_id, happened_at, kind FROM events", answers.AddEvents, cancellationToken).ConfigureAwait(false);
        await ReadAsync(connection, "SELECT customer_id, opened_on, priority FROM cases", answers.AddCases, cancellationToken).ConfigureAwait(false);
        return answers;
    }

    /// <summary>The keys of a segment's members, in order.</summary>
    internal ImmutableArray<long> Members(string id)
    {
        Func<Customer, bool> isMember = id switch
        {
            "german_vips" => IsGermanVip,
            "lapsed" => customer => customer.SpentCents >= 900_00 && !customer.OrderedInNinetyDays,
            "window_shoppers" => customer => !customer.HasOptedOut && customer.RecentViews >= 3 && customer.DearestCents <= customer.LimitCents
                && customer.LastPurchase <= customer.FirstOrder && !IsGermanVip(customer),
            "angry_regulars" => customer => !customer.HasOptedOut && customer.RecentUrgentCases >= 2 && customer.OrderedInHalfAYear,
            _ => throw new ArgumentOutOfRangeException(nameof(id), id, "The demonstration has no such segment."),
        };
        return [.. Enumerable.Range(1, _customers.Length - 1).Where(number => isMember(_customers[number])).Select(number => (long)number)];
    }

    /// <summary>Compares the members that a run wrote.</summary>
    /// <param name="id">The segment.</param>
    /// <param name="file">The CSV file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FederatedSegmentationException">INT004: they are others, or in another order.</exception>
    internal async Task CheckAsync(string id, string file, CancellationToken cancellationToken)
    {
        var expected = Members(id);
        var lines = await File.ReadAllLinesAsync(file, cancellationToken).ConfigureAwait(false);
        var found = lines.Skip(1).Select(line => long.Parse(line, CultureInfo.InvariantCulture)).ToImmutableArray();
        if (found.SequenceEqual(expected))
        {
            return;
        }

        var (missing, more) = (expected.Except(found).ToList(), found.Except(expected).ToList());
        var first = missing.Concat(more).Order().Select(key => string.Create(CultureInfo.InvariantCulture, $"; the first that differs is {key}")).FirstOrDefault("; they are in another order");
        throw UsageCodes.Error(
            UsageCodes.OtherMembers,
            string.Create(CultureInfo.InvariantCulture, $"{id} has other members than plain loops over the rows find: of {expected.Length:N0}, {missing.Count:N0} missing, and {more.Count:N0} too many{first}."),
            "A defect of ours: run it with '--folder FOLDER' and report it with that folder.");
    }

    private static bool IsGermanVip(Customer customer) => customer.IsGerman && customer.ScoreThousandths >= 800;

    private void AddCustomers(RecordBatch rows)
    {
        var ids = rows.Columns[0].Values<long>();
        var scores = rows.Columns[2].Values<Int128>();
        var limits = rows.Columns[4].Values<Int128>();
        for (var row = 0; row < rows.RowCount; row++)
        {
            ref var customer = ref _customers[ids[row]];
            customer.IsGerman = IsText(rows.Columns[1], row, "DE"u8);
            customer.ScoreThousandths = (int)scores[row];
            customer.HasOptedOut = rows.Columns[3].GetBoolean(row);
            customer.LimitCents = (long)limits[row];
            customer.FirstOrder = long.MaxValue;
        }
    }

    private void AddOrders(RecordBatch rows)
    {
        var customers = rows.Columns[0].Values<long>();
        var times = rows.Columns[1].Values<long>();
        var amounts = rows.Columns[2].Values<Int128>();
        for (var row = 0; row < rows.RowCount; row++)
        {
            ref var customer = ref _customers[customers[row]];
            customer.SpentCents = checked(customer.SpentCents + (long)amounts[row]);
            customer.DearestCents = Math.Max(customer.DearestCents, (long)amounts[row]);
            customer.FirstOrder = Math.Min(customer.FirstOrder, times[row]);
            customer.OrderedInNinetyDays |= times[row] >= NinetyDaysAgo && times[row] < Now;
            customer.OrderedInHalfAYear |= times[row] >= HalfAYearAgo && times[row] < Now;
        }
    }

    private void AddEvents(RecordBatch rows)
    {
        var customers = rows.Columns[0].Values<long>();
        var times = rows.Columns[1].Values<long>();
        for (var row = 0; row < rows.RowCount; row++)
        {
            ref var customer = ref _customers[customers[row]];
            if (IsText(rows.Columns[2], row, "purchase"u8))
            {
                customer.LastPurchase = Math.Max(customer.LastPurchase, times[row]);
            }
            else if (IsText(rows.Columns[2], row, "view"u8) && times[row] >= ThirtyDaysAgo && times[row] < Now)
            {
                customer.RecentViews++;
            }
        }
    }

    private void AddCases(RecordBatch rows)
    {
        var customers = rows.Columns[0].Values<long>();
        var days = rows.Columns[1].Values<int>();
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (days[row] >= FirstOfNinetyDays && days[row] <= Today && (IsText(rows.Columns[2], row, "P1"u8) || IsText(rows.Columns[2], row, "P2"u8)))
            {
                _customers[customers[row]].RecentUrgentCases++;
            }
        }
    }

    private static bool IsText(ArrowColumn column, int row, ReadOnlySpan<byte> text) => !column.IsNull(row) && column.GetBytes(row).SequenceEqual(text);

    private static async Task ReadAsync(DuckDbConnection connection, string sql, Action<RecordBatch> add, CancellationToken cancellationToken)
    {
        var reader = await connection.QueryAsync(sql, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await foreach (var batch in reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                using (batch)
                {
                    add(batch);
                }
            }
        }
    }

    private static long Micros(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static int Days(DateOnly day) => day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>What the questions need of a customer's rows. Times are microseconds since 1970 in UTC; no purchase is the earliest time, no order the latest.</summary>
    private struct Customer
    {
        public bool IsGerman, HasOptedOut, OrderedInNinetyDays, OrderedInHalfAYear;
        public int ScoreThousandths, RecentViews, RecentUrgentCases;
        public long LimitCents, SpentCents, DearestCents, FirstOrder, LastPurchase;
    }
}
