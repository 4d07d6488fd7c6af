using System.Reflection;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>Lets the driver run without the tables of cultures, which this product does not load.</summary>
/// <remarks>
/// The driver looks a collation's code page up by its culture and therefore refuses to connect in a process without cultures. Fabric has UTF-8 collations
/// only, whose code page the collation says itself. The driver has no option for that, so the answer that it keeps for itself is given beforehand; its
/// version is pinned. Where a server names a collation that is not UTF-8, the driver fails when it meets it.
/// </remarks>
internal static class DriverGlobalization
{
    private const string Field = "_cultureCheckState";
    private const string HasCultures = "Standard";

    /// <summary>Says once that cultures are there.</summary>
    /// <exception cref="InvalidOperationException">The driver is another one than the pinned.</exception>
    internal static void AllowInvariant()
    {
        var field = typeof(SqlConnection).GetField(Field, BindingFlags.Static | BindingFlags.NonPublic);
        if (field is not { FieldType.IsEnum: true } || !Enum.TryParse(field.FieldType, HasCultures, out var known))
        {
            throw new InvalidOperationException($"{typeof(SqlConnection).Assembly.GetName()} has no {nameof(SqlConnection)}.{Field}; this connector is written for version 6.1.8.");
        }

        field.SetValue(null, known);
    }
}
