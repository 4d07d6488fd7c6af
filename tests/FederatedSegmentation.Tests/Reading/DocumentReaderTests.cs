using System.Globalization;
using System.Text;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Reading;

namespace FederatedSegmentation.Tests.Reading;

/// <summary>Texts of definitions: what YAML and JSON mean, and what is refused.</summary>
public sealed class DocumentReaderTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Theory]
    [InlineData("NO", ScalarKind.String)]
    [InlineData("yes", ScalarKind.String)]
    [InlineData("on", ScalarKind.String)]
    [InlineData("y", ScalarKind.String)]
    [InlineData("1_000", ScalarKind.String)]
    [InlineData("1:30", ScalarKind.String)]
    [InlineData("0b11", ScalarKind.String)]
    [InlineData("2026-01-31", ScalarKind.String)]
    [InlineData("tRue", ScalarKind.String)]
    [InlineData("nULL", ScalarKind.String)]
    [InlineData("0x", ScalarKind.String)]
    [InlineData("0o8", ScalarKind.String)]
    [InlineData("-0x1F", ScalarKind.String)]
    [InlineData("1e", ScalarKind.String)]
    [InlineData("1.5.2", ScalarKind.String)]
    [InlineData("+", ScalarKind.String)]
    [InlineData(".", ScalarKind.String)]
    [InlineData(".e5", ScalarKind.String)]
    [InlineData("+.nan", ScalarKind.String)]
    [InlineData("\"5\"", ScalarKind.String)]
    [InlineData("'true'", ScalarKind.String)]
    [InlineData("\"\"", ScalarKind.String)]
    [InlineData("! 5", ScalarKind.String)]
    [InlineData("!!str 5", ScalarKind.String)]
    [InlineData("|\n  5", ScalarKind.String)]
    [InlineData("12", ScalarKind.Integer)]
    [InlineData("012", ScalarKind.Integer)]
    [InlineData("-0", ScalarKind.Integer)]
    [InlineData("+7", ScalarKind.Integer)]
    [InlineData("0x1aF", ScalarKind.Integer)]
    [InlineData("0o17", ScalarKind.Integer)]
    [InlineData("!!int \"5\"", ScalarKind.Integer)]
    [InlineData("1.", ScalarKind.Float)]
    [InlineData(".5", ScalarKind.Float)]
    [InlineData("-1.5E+3", ScalarKind.Float)]
    [InlineData("1e3", ScalarKind.Float)]
    [InlineData("-.INF", ScalarKind.Float)]
    [InlineData(".NaN", ScalarKind.Float)]
    [InlineData("!!float 5", ScalarKind.Float)]
    [InlineData("true", ScalarKind.Boolean)]
    [InlineData("False", ScalarKind.Boolean)]
    [InlineData("~", ScalarKind.Null)]
    [InlineData("NULL", ScalarKind.Null)]
    [InlineData("", ScalarKind.Null)]
    public void A_plain_scalar_has_the_type_of_the_core_schema(string text, ScalarKind kind) =>
        Assert.Equal(kind, Assert.IsType<ScalarNode>(Mapping($"value: {text}\n").Find("value")).Kind);

    [Theory]
    [InlineData("a.yaml", "a:\n  b:\n    - x\n    - \"c/~d\": 1.50\n")]
    [InlineData("a.yaml", "\uFEFFa:\r\n  b:\r\n    - x\r\n    - \"c/~d\": 1.50\r\n")]
    [InlineData("a.json", "{\"a\":\n{\"b\":\n[\"x\",\n{\"c/~d\": 1.50}]}}")]
    [InlineData("a.JSON", "\uFEFF{\"a\":\r\n{\"b\":\r\n[\"x\",\r\n{\"c/~d\": 1.50}]}}")]
    public void Every_node_knows_its_pointer_and_line_and_numbers_keep_their_digits(string file, string text)
    {
        var list = (SequenceNode)((MappingNode)((MappingNode)Read(text, file)).Find("a")!).Find("b")!;
        var number = (ScalarNode)((MappingNode)list.Items[1]).Find("c/~d")!;
        Assert.Equal(("/a/b/1/c~1~0d", 4, "1.50", ScalarKind.Float), (number.Place.Pointer, number.Place.Line, number.Text, number.Kind));
        Assert.Equal(("/a/b/0", 3), (list.Items[0].Place.Pointer, list.Items[0].Place.Line));
    }

    [Fact]
    public void An_alias_is_the_value_again_at_its_own_pointer()
    {
        var root = Mapping("a: &x {k: [1, 2]}\nb: *x\n&k key: *k\n");
        var item = ((SequenceNode)((MappingNode)root.Find("b")!).Find("k")!).Items[1];
        Assert.Equal("/b/k/1", item.Place.Pointer);
        Assert.Equal("key", ((ScalarNode)root.Find("key")!).Text);
    }

    [Fact]
    public void A_merge_key_is_a_key_like_any_other() => Assert.NotNull(Mapping("a: &x {k: 1}\nb: {<<: *x}\n").Find("b") is MappingNode { Entries: [{ Key: "<<" }] } ? this : null);

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", "SDL017 a.yaml:3 /a: The key 'a' occurs twice in one mapping. Keep one of the two.")]
    [InlineData("a: [1\nb: 2\n", "SDL017 a.yaml:")]
    [InlineData("a: \"x\n", "SDL017 a.yaml:")]
    [InlineData("a: b: c\n", "SDL017 a.yaml:1: This is not valid YAML:")]
    [InlineData("a: 1\n---\nb: 2\n", "SDL017 a.yaml:2: The file holds several YAML documents. Keep one document in each file.")]
    [InlineData("", "SDL017 a.yaml:1: The file is empty. Write a definition into it.")]
    [InlineData("# nothing\n", "SDL017 a.yaml:1: The file is empty.")]
    [InlineData("a: *x\n", "SDL017 a.yaml:1: The alias '*x' names nothing.")]
    [InlineData("a: &x [1, *x]\n", "SDL017 a.yaml:1: The alias '*x' stands inside what it names.")]
    [InlineData("a: !!binary aGk=\n", "SDL017 a.yaml:1 /a: The tag 'tag:yaml.org,2002:binary' is not one of the YAML core schema")]
    [InlineData("a: !mine {b: 1}\n", "SDL017 a.yaml:1 /a: The tag '!mine' is not one of the YAML core schema")]
    [InlineData("a: !!set {b}\n", "SDL017 a.yaml:1 /a: The tag")]
    [InlineData("a: !!int x\n", "SDL017 a.yaml:1 /a: The tag")]
    [InlineData("? [1, 2]\n: x\n", "SDL017 a.yaml:1: A key must be a single value, not a list or a mapping.")]
    [InlineData("a: decimal(1\nb: {c: decimal(1,2): 3}\n", "SDL017 a.yaml:2")]
    public void Text_that_is_not_YAML_is_refused_with_its_line(string text, string start) => Assert.StartsWith(start, Error(text, "a.yaml"), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "SDL017 a.json:1: This is not valid JSON:")]
    [InlineData("{\"a\": 1,}", "SDL017 a.json:1: This is not valid JSON:")]
    [InlineData("{\n\"a\": NO}", "SDL017 a.json:2: This is not valid JSON:")]
    [InlineData("{\"a\": 1\n, // c\n\"b\": 2}", "SDL017 a.json:2: This is not valid JSON:")]
    [InlineData("{\"a\": 01}", "SDL017 a.json:1: This is not valid JSON:")]
    [InlineData("{\"a\": 1} {}", "SDL017 a.json:1: This is not valid JSON:")]
    [InlineData("{\"a\": \"\\ud800\"}", "SDL017 a.json:1 /a: A text is not valid Unicode.")]
    [InlineData("{\"a\": 1,\n\"a\": 2}", "SDL017 a.json:2 /a: The key 'a' occurs twice in one object. Keep one of the two.")]
    [InlineData("{\"a\": [1", "SDL017 a.json:1: This is not valid JSON:")]
    public void Text_that_is_not_JSON_is_refused_with_its_line(string text, string start) => Assert.StartsWith(start, Error(text, "a.json"), StringComparison.Ordinal);

    [Theory]
    [InlineData("a.yaml")]
    [InlineData("a.json")]
    public void Broken_text_of_any_kind_is_an_error_of_ours(string file)
    {
        const int seed = 40;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        const string pieces = "{}[]:,-#&*!|>'\"%@`?~ \n\t\r<=.0aé\\\u0085\u2028";
        const string whole = "segment: a\nof: b\nwhere:\n  all:\n    - {field: c, eq: \"x\"}\n    - &n [1, 2.5]\n    - *n\n  text: |\n    line\n    line\n";
        for (var draw = 0; draw < 20_000; draw++)
        {
            var text = new StringBuilder(whole);
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0:
                        text.Insert(at, pieces[random.Next(pieces.Length)]);
                        break;
                    case 1:
                        text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at));
                        break;
                    default:
                        text[at] = pieces[random.Next(pieces.Length)];
                        break;
                }
            }

            try
            {
                Assert.NotNull(Read(text.ToString(), file));
            }
            catch (FederatedSegmentationException error)
            {
                Assert.All(error.Problems, problem => Assert.StartsWith("SDL01", problem.Code, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void All_duplicate_keys_and_tags_of_a_text_are_told_at_once() =>
        Assert.Equal(3, Assert.Throws<FederatedSegmentationException>(() => Read("a: 1\na: 2\nb: !x 1\nc: {d: 1, d: 2}\n", "a.yaml")).Problems.Length);

    [Fact]
    public void Text_that_is_not_UTF8_is_refused_with_its_line()
    {
        byte[] text = [.. "a: 1\nb: "u8, 0xFF, .. "\n"u8];
        Assert.StartsWith("SDL017 a.yaml:2: The text is not valid UTF-8.", Assert.Throws<FederatedSegmentationException>(() => DocumentReader.Read(text, "a.yaml", ReadingLimits.Segment)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_of_more_than_a_megabyte_is_refused() => Assert.StartsWith("SDL015 a.yaml: ", Error("a: " + new string('x', 1 << 20), "a.yaml"), StringComparison.Ordinal);

    [Theory]
    [InlineData("a.yaml")]
    [InlineData("a.json")]
    public void Nesting_without_end_is_refused(string file) => Assert.StartsWith("SDL015 ", Error(new string('[', 100_000), file), StringComparison.Ordinal);

    [Fact]
    public void Aliases_that_multiply_are_refused_before_they_do()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 12; level++)
        {
            var inner = string.Join(", ", Enumerable.Repeat(string.Create(CultureInfo.InvariantCulture, $"*a{level - 1}"), 10));
            text.Append(CultureInfo.InvariantCulture, $"a{level}: &a{level} [{inner}]\n");
        }

        Assert.StartsWith("SDL015 ", Error(text.ToString(), "a.yaml"), StringComparison.Ordinal);
        Assert.StartsWith("SDL015 ", Assert.Throws<FederatedSegmentationException>(() => DocumentReader.Read(Encoding.UTF8.GetBytes(text.ToString()), "m.yaml", ReadingLimits.Model)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void A_thousand_aliases_are_expanded_and_no_more(int count, bool accepted)
    {
        var text = $"a: &a 1\nb: [{string.Join(", ", Enumerable.Repeat("*a", count))}]\n";
        if (accepted)
        {
            Assert.Equal(count, ((SequenceNode)Mapping(text).Find("b")!).Items.Length);
        }
        else
        {
            Assert.StartsWith("SDL015 a.yaml:2: The aliases of the definition expand to too much", Error(text, "a.yaml"), StringComparison.Ordinal);
        }
    }

    private static MappingNode Mapping(string text) => Assert.IsType<MappingNode>(Read(text, "a.yaml"));

    private static DocumentNode Read(string text, string file) => DocumentReader.Read(Encoding.UTF8.GetBytes(text), file, ReadingLimits.Segment);

    private static string Error(string text, string file) => Assert.Throws<FederatedSegmentationException>(() => Read(text, file)).Problems[0].ToString();
}
