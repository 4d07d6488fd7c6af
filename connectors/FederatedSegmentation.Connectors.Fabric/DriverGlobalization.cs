using System.Data.Common;
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

    // Where versions keep the answer: up to 6 on the connection, from 7 on among their switches.
    private static readonly (string Type, string Field, string Answer)[] KnownFields =
    [
        ("Microsoft.Data.SqlClient.SqlConnection", Field, HasCultures),
        ("Microsoft.Data.SqlClient.LocalAppContextSwitches", "s_globalizationInvariantMode", "False"),
    ];

    /// <summary>Says so to another build of the driver, which the user supplies. One without such a field is left alone.</summary>
    /// <param name="factory">Its factory.</param>
    internal static void AllowInvariant(DbProviderFactory factory)
    {
        var assembly = factory.GetType().Assembly;
        foreach (var (type, name, answer) in KnownFields)
        {
            if (assembly.GetType(type)?.GetField(name, BindingFlags.Static | BindingFlags.NonPublic) is { FieldType.IsEnum: true } field && Enum.TryParse(field.FieldType, answer, out var known))
            {
                field.SetValue(null, known);
            }
        }
    }

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
