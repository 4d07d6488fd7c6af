using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using FederatedSegmentation.Gateway.CommandLine;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>A folder with settings, a model, segments and a few rows, in which commands run as the process would run them.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fedseg-cli");

    public Workspace()
    {
        Write("appsettings.json", """{"FederatedSegmentation": {"Sources": {"lake": {"Kind": "files", "Root": "data"}}}}""");
        Write("model.yaml", """
            model: shop
            entities:
              customer:
                source: lake
                table: [customers.csv]
                key: [id]
                columns: {id: int64, country: string, credit: "decimal(10,2)", signed_up: date}
              order:
                source: lake
                table: ["orders/*.jsonl"]
                key: [order_id]
                time: placed_at
                columns: {order_id: string, customer_id: int64, placed_at: timestamp, amount: "decimal(10,2)"}
            relationships:
              - {name: orders, from: customer, to: order, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
            """);
        Write("segments/germans.yaml", "segment: germans\nof: customer\nwhere: {field: country, eq: DE}\n");
        Write("segments/buyers.yaml", "segment: buyers\nof: customer\nwhere: {has: orders, agg: {sum: amount, gt: 5}}\n");
        Write("segments/rich.yaml", "segment: rich\nof: customer\nwhere: {field: credit, gte: 20}\n");
        Write("data/customers.csv", Customers);
        Write("data/orders/1.jsonl", Orders);
    }

    public const string Customers = "id,country,credit,signed_up\n1,DE,10.00,2026-01-01\n2,FR,20.00,2026-02-01\n3,,30.00,\n";

    public const string Orders = """{"order_id":"a","customer_id":1,"placed_at":"2026-01-01T00:00:00Z","amount":10.5}""" + "\n";

    public string Folder => _folder.FullName;

    /// <summary>Whether a person watches standard error.</summary>
    public bool IsLive { get; init; }

    public string PathOf(string relative) => Path.Combine(Folder, relative);

    public void Write(string relative, string text) => Write(relative, Encoding.UTF8.GetBytes(text));

    public void Write(string relative, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllBytes(PathOf(relative), bytes);
    }

    public void Replace(string relative, string old, string now)
    {
        var text = File.ReadAllText(PathOf(relative));
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(PathOf(relative), text.Replace(old, now, StringComparison.Ordinal));
    }

    /// <summary>Runs a command to its end.</summary>
    public Task<Answer> RunAsync(params string[] arguments) => RunAsync([], CancellationToken.None, arguments);

    /// <summary>Runs a command to its end.</summary>
    public async Task<Answer> RunAsync(ImmutableArray<KeyValuePair<string, string>> environment, CancellationToken cancellationToken, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var errors = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal { Output = output, Error = errors, IsErrorLive = IsLive, WorkingDirectory = Folder, Environment = environment };
        var code = await CommandHost.RunAsync(arguments, terminal, TimeProvider.System, Composition.Open, cancellationToken);
        return new Answer(code, Encoding.UTF8.GetString(output.ToArray()), errors.ToString());
    }

    /// <summary>The files that a run could have left behind.</summary>
    public IReadOnlyList<string> Left() => [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path))
        .Where(path => path.Contains(".fedseg", StringComparison.Ordinal) || path.StartsWith("members", StringComparison.Ordinal))];

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>What a command answered.</summary>
internal sealed record Answer(int ExitCode, string Output, string Errors)
{
    /// <summary>The result as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Output.Length == 0 ? "null" : Output)!;

    /// <summary>Asserts that the command worked.</summary>
    public Answer Done()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Errors}");
        return this;
    }

    /// <summary>Asserts that the command failed with one line that holds everything that is asked for, wrote no result, and shows no stack trace.</summary>
    public Answer Failed(int exitCode, string code, params string[] parts)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, not {exitCode}: {Errors}");
        Assert.Empty(Output);
        var line = Assert.Single(Errors.TrimEnd('\n').Split('\n'));
        Assert.Matches($"^{code}[ :].+[.?] .+$", line);
        Assert.All(parts, part => Assert.Contains(part, line, StringComparison.Ordinal));
        return this;
    }
}
