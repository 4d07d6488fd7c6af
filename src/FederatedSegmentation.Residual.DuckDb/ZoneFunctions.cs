using System.Text;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.DuckDb.Functions;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>The scalar functions with which the engine reads zones by our own rules: <c>fedseg_wall_clock</c> and <c>fedseg_convert_wall_clock</c>.</summary>
internal static class ZoneFunctions
{
    private static readonly ArrowType Clock = ArrowType.Timestamp(ArrowTimeUnit.Microsecond);

    /// <summary>Makes the functions known to an instance.</summary>
    public static void Register(DuckDbInstance instance, IZoneRules rules)
    {
        instance.RegisterScalarFunction(new ScalarFunction("fedseg_wall_clock", [Clock, ArrowType.Utf8], Clock, call => WallClock(call, rules)));
        instance.RegisterScalarFunction(new ScalarFunction("fedseg_convert_wall_clock", [Clock, ArrowType.Utf8, ArrowType.Utf8], Clock, call => Convert(call, rules)));
    }

    private static void WallClock(ScalarCall call, IZoneRules rules)
    {
        var instants = call.Argument(0);
        var zones = call.Argument(1);
        var values = instants.Values<long>();
        var results = call.Results<long>();
        ReadOnlySpan<byte> known = default;
        Func<long, long>? convert = null;
        for (var row = 0; row < call.RowCount; row++)
        {
            if (instants.IsNull(row) || zones.IsNull(row))
            {
                call.SetNull(row);
                continue;
            }

            // The zone is a constant of the plan: one look-up a vector.
            var zone = zones.Text(row);
            if (convert is null || !zone.SequenceEqual(known))
            {
                convert = rules.ToWallClock(Encoding.UTF8.GetString(zone));
                known = zone;
            }

            results[row] = convert(values[row]);
        }
    }

    private static void Convert(ScalarCall call, IZoneRules rules)
    {
        var clocks = call.Argument(0);
        var from = call.Argument(1);
        var to = call.Argument(2);
        var values = clocks.Values<long>();
        var results = call.Results<long>();
        ReadOnlySpan<byte> knownFrom = default;
        ReadOnlySpan<byte> knownTo = default;
        Func<long, long>? convert = null;
        for (var row = 0; row < call.RowCount; row++)
        {
            if (clocks.IsNull(row) || from.IsNull(row) || to.IsNull(row))
            {
                call.SetNull(row);
                continue;
            }

            var near = from.Text(row);
            var far = to.Text(row);
            if (convert is null || !near.SequenceEqual(knownFrom) || !far.SequenceEqual(knownTo))
            {
                convert = rules.ConvertWallClock(Encoding.UTF8.GetString(near), Encoding.UTF8.GetString(far));
                knownFrom = near;
                knownTo = far;
            }

            results[row] = convert(values[row]);
        }
    }
}
