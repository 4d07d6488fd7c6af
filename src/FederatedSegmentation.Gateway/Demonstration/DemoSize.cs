using System.Globalization;

namespace FederatedSegmentation.Gateway.Demonstration;

/// <summary>How many rows the demonstration makes.</summary>
internal sealed record DemoSize(int Customers, int Orders, int Events, int Cases)
{
    /// <summary>For files and a database.</summary>
    internal static DemoSize Ordinary { get; } = new(100_000, 1_000_000, 2_000_000, 0);

    /// <summary>For the local warehouses, whose engines are made to be right and not to be fast; the orders are enough to let keys travel to them.</summary>
    internal static DemoSize Small { get; } = new(5_000, 200_000, 40_000, 6_000);

    /// <inheritdoc />
    public override string ToString()
    {
        var all = string.Create(CultureInfo.InvariantCulture, $"{Customers:N0} customers, {Orders:N0} orders");
        return all + (Cases == 0
            ? string.Create(CultureInfo.InvariantCulture, $" and {Events:N0} events")
            : string.Create(CultureInfo.InvariantCulture, $", {Events:N0} events and {Cases:N0} cases"));
    }
}
