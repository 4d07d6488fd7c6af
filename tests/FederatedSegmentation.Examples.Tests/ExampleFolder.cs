using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>What expected.json says of one segment.</summary>
/// <param name="Members">How many members there are.</param>
/// <param name="Md5">The MD5 of the members' lines in order, each followed by a line feed, in lower-case hex.</param>
internal sealed record ExpectedMembers(int Members, string Md5)
{
    /// <summary>What expected.json has to say of these lines.</summary>
    // MD5 here tells whether two lists differ; it protects nothing.
    public static ExpectedMembers Of(string lines) => new(lines.Count(character => character == '\n'), Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(lines))));
}

/// <summary>A folder below examples/.</summary>
internal sealed class ExampleFolder
{
    private ExampleFolder(string name)
    {
        Name = name;
        Path = Repository.PathOf($"examples/{name}");
        var expectations = JsonDocument.Parse(Repository.Read($"examples/{name}/expected.json")).RootElement;
        AsOf = expectations.GetProperty("asOf").GetString()!;
        Expected = expectations.GetProperty("segments").EnumerateObject().ToImmutableSortedDictionary(
            segment => segment.Name,
            segment => new ExpectedMembers(segment.Value.GetProperty("members").GetInt32(), segment.Value.GetProperty("md5").GetString()!),
            StringComparer.Ordinal);
    }

    /// <summary>Purchases of a music shop.</summary>
    public static ExampleFolder Cdnow { get; } = new("cdnow");

    /// <summary>Nine segments over small files.</summary>
    public static ExampleFolder Marketing { get; } = new("marketing");

    /// <summary>One segment over files and PostgreSQL.</summary>
    public static ExampleFolder SaveDesk { get; } = new("save_desk");

    /// <summary>Seven segments over four warehouses.</summary>
    public static ExampleFolder FourWarehouses { get; } = new("four-warehouses");

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its root.</summary>
    public string Path { get; }

    /// <summary>The instant of all answers.</summary>
    public string AsOf { get; }

    /// <summary>What is expected, by segment.</summary>
    public ImmutableSortedDictionary<string, ExpectedMembers> Expected { get; }

    /// <summary>Its settings, seen from the root of the checkout.</summary>
    public string Settings => $"examples/{Name}/appsettings.json";

    /// <summary>The example of that name.</summary>
    public static ExampleFolder Named(string name) => name switch
    {
        "cdnow" => Cdnow,
        "marketing" => Marketing,
        "save_desk" => SaveDesk,
        "four-warehouses" => FourWarehouses,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such example."),
    };
}
