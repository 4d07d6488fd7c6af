namespace FederatedSegmentation.Examples.Tests;

/// <summary>
/// A folder as the README and the pages of docs/ take it for granted: their model, a few rows for each of its tables, settings, and every segment that they show.
/// </summary>
internal sealed class DocsWorkspace : IDisposable
{
    /// <summary>An instant at which the rows of the folder are recent.</summary>
    public const string AsOf = "2026-07-01T10:00:00Z";

    private const string ModelPage = "docs/describe-your-data.md";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("docs-workspace");

    public DocsWorkspace()
    {
        var blocks = FencedBlock.OfAllPages().ToList();
        Write("model.yaml", blocks.Single(block => block.Info == "yaml model" && block.Page == ModelPage).Text);
        Write("appsettings.json", """
            { "FederatedSegmentation": {
                "Model": "model.yaml",
                "Segments": "segments",
                "Sources": {
                  "crm": { "Kind": "files", "Root": "data" },
                  "shop": { "Kind": "files", "Root": "data" },
                  "web": { "Kind": "files", "Root": "data" } } } }
            """);
        foreach (var block in blocks.Where(block => block.Info is "yaml segment" or "yaml where"))
        {
            var id = IdOf(block);
            Write($"segments/{id}.yaml", block.Info == "yaml segment" ? block.Text : $"segment: {id}\nof: customer\nwhere:\n{Indented(block.Text)}");
            SegmentIds.Add(id);
        }

        WriteData();
    }

    /// <summary>The root of the folder.</summary>
    public string Path => _folder.FullName;

    /// <summary>The ids of the segments, in the order of the pages.</summary>
    public List<string> SegmentIds { get; } = [];

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The id under which the segment of a block is in the folder.</summary>
    private static string IdOf(FencedBlock block) => block.Info == "yaml segment"
        ? block.Text.Split('\n')[0].Split(' ')[1]
        : $"{System.IO.Path.GetFileNameWithoutExtension(block.Page).Replace('-', '_')}_line_{block.Line}";

    private static string Indented(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(line => $"  {line}\n"));

    private void WriteData()
    {
        Write("data/customers.csv", """
            id,email,COUNTRY_CODE,newsletter,birthday,signed_up,credit,household_id,invited_by,updated_at
            1,anna@example.com,DE,true,1980-02-29,2025-05-01T10:00:00,100.00,h1,,2026-01-01T00:00:00Z
            1,anna@old.example.com,AT,false,1980-02-29,2025-05-01T10:00:00,5.00,h1,,2025-01-01T00:00:00Z
            2,bert@EXAMPLE.com,DE,false,1990-07-08,2026-03-29T02:30:00,1000.00,h1,1,2026-01-01T00:00:00Z
            3,"",CH,false,,2026-01-01T00:00:00,50.00,h2,2,2026-01-01T00:00:00Z
            4,,,,2000-12-31,,,,,2026-01-01T00:00:00Z
            5,"carl, jr@post.example.org",DE,true,1975-07-08,2025-12-31T23:59:59,0.00,h2,3,2026-01-01T00:00:00Z
            """);
        Write("data/households.csv", """
            household_id,region,income
            h1,north,52000.5
            h2,south,
            """);
        Write("data/orders/2025.csv", """
            order_id;customer_id;placed_at;amount;status
            o1;1;2025-06-01T12:00:00Z;40.00;paid
            o2;1;2025-12-31T23:30:00Z;600.00;returned
            o8;5;2025-02-01T23:30:00Z;999.99;paid
            """);
        Write("data/orders/2026.csv", """
            order_id;customer_id;placed_at;amount;status
            o3;1;2026-06-06T08:00:00Z;30.00;paid
            o4;2;2026-06-20T08:00:00Z;25.50;paid
            o5;2;2026-06-21T08:00:00Z;26.00;paid
            o6;2;2026-06-22T08:00:00Z;27.00;paid
            o7;9;2026-06-22T08:00:00Z;27.00;paid
            """);
        Write("data/items.csv", """
            order_id,line,product_id,price
            o1,1,p1,40.00
            o2,1,p1,300.00
            o2,2,p2,300.00
            o3,1,p2,30.00
            o4,1,p1,25.50
            o8,1,p1,1.00
            o8,2,p2,1.00
            o8,3,p3,1.00
            o8,4,p4,1.00
            o8,5,p5,5.99
            """);
        Write("data/products.csv", """
            product_id,category
            p1,tent
            p2,stove
            p3,lamp
            p4,
            p5,mat
            """);
        Write("data/events.csv", """
            customer_id,at,kind
            1,2026-06-30T23:59:59Z,click
            1,2026-06-30T23:59:59Z,click
            3,,open
            """);
        Write("segments/lists/vip.csv", """
            id
            1
            3
            77
            """);
    }

    private void Write(string relative, string text)
    {
        var path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.TrimEnd('\n') + "\n");
    }
}
