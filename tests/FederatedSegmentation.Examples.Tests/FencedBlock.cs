using Xunit.Abstractions;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>A fenced block of a Markdown page: what stands behind the fence says what it is, for instance <c>yaml segment</c>.</summary>
/// <remarks>Serializable, so that each block is a test case of its own that a runner can name.</remarks>
public sealed class FencedBlock : IXunitSerializable
{
    /// <summary>The page, relative to the root of the checkout.</summary>
    public string Page { get; private set; } = "";

    /// <summary>The line of the opening fence, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The words behind the opening fence.</summary>
    public string Info { get; private set; } = "";

    /// <summary>The lines between the fences.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The blocks of a page, in order.</summary>
    public static IEnumerable<FencedBlock> In(string page)
    {
        FencedBlock? open = null;
        var lines = new List<string>();
        foreach (var (line, number) in Repository.Read(page).ReplaceLineEndings("\n").Split('\n').Select((line, index) => (line, index + 1)))
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                lines.Add(line);
            }
            else if (open is null)
            {
                open = new FencedBlock { Page = page, Line = number, Info = line[3..].Trim() };
                lines.Clear();
            }
            else
            {
                open.Text = string.Concat(lines.Select(text => text + "\n"));
                yield return open;
                open = null;
            }
        }

        if (open is not null)
        {
            throw new InvalidOperationException($"{page}:{open.Line}: the block is not closed.");
        }
    }

    /// <summary>The blocks of all pages for users: the main README, docs/ and the examples.</summary>
    public static IEnumerable<FencedBlock> OfAllPages() => Pages.SelectMany(In);

    /// <summary>The pages for users, by their paths from the root of the checkout; DECISIONS.md is for developers.</summary>
    public static IEnumerable<string> Pages
        => Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md")
            .Concat(Directory.EnumerateFiles(Repository.PathOf("examples"), "*.md", SearchOption.AllDirectories))
            .Append(Repository.PathOf("tests/README.md"))
            .Append(Repository.PathOf("src/README.md"))
            .Append(Repository.PathOf("README.md"))
            .Where(File.Exists)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <inheritdoc />
    public void Deserialize(IXunitSerializationInfo info)
    {
        Page = info.GetValue<string>(nameof(Page));
        Line = info.GetValue<int>(nameof(Line));
        Info = info.GetValue<string>(nameof(Info));
        Text = info.GetValue<string>(nameof(Text));
    }

    /// <inheritdoc />
    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue(nameof(Page), Page);
        info.AddValue(nameof(Line), Line);
        info.AddValue(nameof(Info), Info);
        info.AddValue(nameof(Text), Text);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Page}:{Line}";
}
