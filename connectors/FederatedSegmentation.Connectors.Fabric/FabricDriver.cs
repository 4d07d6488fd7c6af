using System.Globalization;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Http;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>What Fabric needs of a driver that the user supplies.</summary>
internal static class FabricDriver
{
    /// <summary>Statements are marked by a label; sessions need no pins, since the dialect depends on none of their settings.</summary>
    internal static DriverVendor For(FabricOptions options) => new()
    {
        Mark = (sql, name) => $"{sql}\nOPTION (LABEL = '{name.Tag}')",
        FindRule = code => int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && SqlErrorTable.Knows(number) 
            ? SqlErrorTable.Find(number, 0)
            : null,
        Placeholders = [new("account", options.Account), new("database", FabricNames.Quote(options.Database))],
        Prepare = DriverGlobalization.AllowInvariant,
    };
}
