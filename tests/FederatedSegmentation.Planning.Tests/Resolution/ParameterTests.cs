using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Resolution;
using static FederatedSegmentation.Planning.Tests.Resolution.Definitions;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>Parameters stand for the value that a run gives, or for their default.</summary>
public sealed class ParameterTests
{
    [Theory]
    [InlineData("string", "country", "DE", "'DE'")]
    [InlineData("string", "country", "", "''")]
    [InlineData("string", "country", " a=b ", "' a=b '")]
    [InlineData("boolean", "active", "true", "true")]
    [InlineData("int64", "id", "-0042", "-42")]
    [InlineData("int64", "id", "+9223372036854775807", "9223372036854775807")]
    [InlineData("int64", "balance", "7", "7")]
    [InlineData("int64", "score", "7", "7f")]
    [InlineData("decimal(5,2)", "balance", "-123.45", "-12345e-2")]
    [InlineData("decimal(5,2)", "id", "0.7", "7e-1")]
    [InlineData("decimal(38,38)", "score", "0.1", "0.1f")]
    [InlineData("decimal(38,0)", "score", "99999999999999999999999999999999999999", "1E+38f")]
    [InlineData("float64", "score", "1e-3", "0.001f")]
    [InlineData("float64", "id", "1.5", "1.5f")]
    [InlineData("float64", "balance", "-.5", "-0.5f")]
    [InlineData("date", "born", "2026-01-31", "2026-01-31")]
    [InlineData("date", "seen", "2026-01-31", "2026-01-30T23:00:00Z")]
    [InlineData("date", "signed_up", "2026-01-31", "2026-01-31T00:00:00")]
    [InlineData("date", "called", "2026-01-31", "2026-01-30T18:00:00")]
    [InlineData("date", "noted", "2026-01-31", "2026-01-31T00:00:00")]
    [InlineData("timestamp", "seen", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("timestamp", "seen", "2026-01-31T12:00:00", "2026-01-31T11:00:00Z")]
    [InlineData("timestamp", "seen", "2026-01-31 12:00:00.123456+02:00", "2026-01-31T10:00:00.123456Z")]
    [InlineData("datetime", "signed_up", "2026-01-31T12:00:00", "2026-01-31T12:00:00")]
    [InlineData("datetime", "signed_up", "2026-01-31T12:00:00Z", "2026-01-31T13:00:00")]
    [InlineData("datetime", "called", "2026-01-31T12:00:00", "2026-01-31T06:00:00")]
    [InlineData("datetime", "noted", "2026-01-31T12:00:00", "2026-01-31T12:00:00")]
    [InlineData("binary", "photo", "00fF", "0x00FF")]
    public void A_given_value_is_read_as_its_type_and_compared_as_a_literal_would_be(string type, string column, string value, string expected) =>
        Assert.Equal($"{column} = {expected}", Where($"p: {{type: \"{type}\"}}", $"{{field: {column}, eq: {{param: p}}}}", ("p", value)));

    [Theory]
    [InlineData("string", "DE", "country", "'DE'")]
    [InlineData("boolean", "false", "active", "false")]
    [InlineData("int64", "5", "id", "5")]
    [InlineData("decimal(5,2)", "0.7", "balance", "7e-1")]
    [InlineData("decimal(5,2)", "\"0.70\"", "balance", "70e-2")]
    [InlineData("float64", "0.5", "score", "0.5f")]
    [InlineData("date", "\"2026-01-31\"", "born", "2026-01-31")]
    [InlineData("timestamp", "\"2026-01-31T12:00:00\"", "seen", "2026-01-31T11:00:00Z")]
    [InlineData("datetime", "\"2026-01-31T12:00\"", "noted", "2026-01-31T12:00:00")]
    [InlineData("binary", "\"ff\"", "photo", "0xFF")]
    public void Without_a_given_value_the_default_counts(string type, string fallback, string column, string expected) =>
        Assert.Equal($"{column} = {expected}", Where($"p: {{type: \"{type}\", default: {fallback}}}", $"{{field: {column}, eq: {{param: p}}}}"));

    [Theory]
    [InlineData("{field: id, in: [1, {param: n}, 3]}", "id in (1, 7, 3)")]
    [InlineData("{field: id, not_in: [{param: n}, {param: d}, {param: f}]}", "id not in (7, 15e-1, 2.5f)")]
    [InlineData("{field: balance, between: [{param: n}, {param: d}]}", "balance between 7 and 15e-1")]
    [InlineData("{field: country, starts: {param: s}, ci: true}", "country StartsWith 'x' ci")]
    [InlineData("{field: born, part: {of: year, gte: {param: n}}}", "Year(born) >= 7")]
    [InlineData("{field: born, before: {param: day}}", "born < 2026-01-31")]
    [InlineData("{field: seen, before: {param: day}}", "seen < 2026-01-30T23:00:00Z")]
    [InlineData("{field: seen, after: {param: day}}", "seen >= 2026-01-31T23:00:00Z")]
    [InlineData("{field: noted, after: {param: day}}", "noted >= 2026-02-01T00:00:00")]
    [InlineData("{field: seen, after: {param: t}}", "seen > 2026-01-31T12:00:00Z")]
    [InlineData("{field: account.region, eq: {param: s}}", "has account(region = 'x')")]
    [InlineData("{has: orders, agg: {sum: quantity, gte: {param: d}, lt: {param: f}}}", "has orders(true) Sum(quantity):int64 >= 15e-1 and < 2.5f")]
    [InlineData("{has: orders, agg: {count: \"*\", between: [{param: n}, 9]}}", "has orders(true) Count(*):int64 between 7 and 9")]
    [InlineData("{has: orders, agg: {max: placed_at, lt: {param: day}}}", "has orders(true) Maximum(placed_at):timestamp < 2026-01-30T23:00:00Z")]
    [InlineData("{has: orders, agg: {pick: last, must: {field: amount, gt: {param: d}}}}", "last of orders(true) by placed_at must amount > 15e-1")]
    public void A_parameter_stands_where_a_value_may(string where, string expected) => Assert.Equal(
        expected,
        Where(
            "n: {type: int64}, d: {type: \"decimal(3,1)\", default: 1.5}, f: {type: float64, default: 2.5}, s: {type: string, default: x}, day: {type: date, default: \"2026-01-31\"}, t: {type: timestamp, default: \"2026-01-31T12:00:00Z\"}",
            where,
            ("n", "7")));

    [Fact]
    public void A_float64_parameter_makes_the_comparison_one_of_float64()
    {
        var leaf = Assert.IsType<LeafPredicate>(Run(Text("p: {type: float64}", "{field: id, eq: {param: p}}"), Given(("p", "1"))).Main.Where);
        var operand = Assert.IsType<CompareTest>(leaf.Test).Operand;
        Assert.Equal(new LiteralOperand(new Float64Literal(1), DataTypes.Float64), operand);
    }

    [Fact]
    public void Segments_of_a_run_take_the_same_values_each_by_its_own_declaration()
    {
        var inner = File("segment: inner\nof: customer\nparams: {p: {type: \"decimal(5,2)\", default: 1}, q: {type: string, default: own}}\nwhere: {all: [{field: balance, eq: {param: p}}, {field: country, eq: {param: q}}]}", "inner.yaml");
        var run = Run(Text("p: {type: int64}", "{all: [{in_segment: inner}, {field: id, eq: {param: p}}]}"), Given(("p", "7")), inner);
        Assert.Equal(
            ("all(key of customer in inner; id = 7)", "all(balance = 7e-0; country = 'own')"),
            (ResolvedText.Of(run.Main.Where), ResolvedText.Of(Assert.Single(run.Referenced).Where)));
    }

    [Fact]
    public void A_value_may_be_for_a_referenced_segment_alone()
    {
        var inner = File("segment: inner\nof: customer\nparams: {q: {type: string}}\nwhere: {field: country, eq: {param: q}}", "inner.yaml");
        var run = Run("segment: main\nof: customer\nwhere: {in_segment: inner}", Given(("q", "DE")), inner);
        Assert.Equal("country = 'DE'", ResolvedText.Of(Assert.Single(run.Referenced).Where));
    }

    [Theory]
    [InlineData("boolean", "active")]
    [InlineData("int64", "id")]
    [InlineData("decimal(3,3)", "balance")]
    [InlineData("float64", "score")]
    [InlineData("string", "country")]
    [InlineData("date", "seen")]
    [InlineData("timestamp", "seen")]
    [InlineData("datetime", "called")]
    [InlineData("binary", "photo")]
    public void Where_nothing_runs_a_missing_value_is_no_defect(string type, string column) =>
        Assert.NotNull(Run(Text($"p: {{type: \"{type}\"}}", $"{{field: {column}, eq: {{param: p}}}}"), given: null).Main);

    [Theory]
    [InlineData("p: {type: int64}", "SDL012 main.yaml:3 /params/p: The parameter 'p' has no default, and this run gives it no value. Give it one (--param p=…), or declare a default.")]
    [InlineData("p: {type: int}", "SDL012 main.yaml:3 /params/p/type: 'int' is not a type. Types: boolean, int64, decimal(p,s), float64, string, date, timestamp, datetime, binary.")]
    [InlineData("p: {type: integer64}", "SDL012 main.yaml:3 /params/p/type: 'integer64' is not a type. Types: boolean, int64, decimal(p,s), float64, string, date, timestamp, datetime, binary.")]
    [InlineData("p: {type: \"decimal(39,2)\"}", "SDL012 main.yaml:3 /params/p/type: 'decimal(39,2)' is not a type. Write decimal(p,s) with 1 ≤ p ≤ 38 digits, of which 0 ≤ s ≤ p behind the point.")]
    [InlineData("p: {default: 1}", "SDL012 main.yaml:3 /params/p: The parameter 'p' lacks the key 'type'. Add 'type'.")]
    [InlineData("p: int64", "SDL006 main.yaml:3 /params/p: The parameter 'p' must be a mapping of keys to values. Write key: value pairs here.")]
    [InlineData("p: {type: int64, default: 1, min: 0}", "SDL006 main.yaml:3 /params/p/min: 'min' is not a key of the declaration of a parameter. Known keys: type, default.")]
    [InlineData("p: {type: int64, default: \"1\"}", "SDL012 main.yaml:3 /params/p/default: The default of 'p' does not fit the type int64. Write an integer without quotes.")]
    [InlineData("p: {type: int64, default: 1.5}", "SDL012 main.yaml:3 /params/p/default: The default of 'p' does not fit the type int64. Write an integer of at most 64 bits, without a fraction.")]
    [InlineData("p: {type: int64, default: null}", "SDL012 main.yaml:3 /params/p/default: The default of 'p' does not fit the type int64. Write one int64.")]
    [InlineData("p: {type: int64, default: [1]}", "SDL012 main.yaml:3 /params/p/default: The default of 'p' does not fit the type int64. Write one int64.")]
    [InlineData("p: {type: string, default: 1}", "SDL012 main.yaml:3 /params/p/default: The default of 'p' does not fit the type string. Put it in quotes.")]
    [InlineData("p: {type: \"decimal(3,1)\", default: 100}", "SDL012 main.yaml:3 /params/p/default: The default of 'p' does not fit the type decimal(3,1). Write a number that fits decimal(3,1): digits, with a point where needed.")]
    [InlineData("p: {type: \"decimal(3,1)\", default: 1.25}", "SDL012 main.yaml:3 /params/p/default: The default of 'p' does not fit the type decimal(3,1). Write a number that fits decimal(3,1): digits, with a point where needed.")]
    [InlineData("p: {type: timestamp, default: \"2026-01-31\"}", "SDL012 main.yaml:3 /params/p/default: The default of 'p' does not fit the type timestamp. Write ISO 8601 with a time of day in quotes: \"2026-01-31T12:00:00Z\" (at most six digits of a second).")]
    [InlineData("a=b: {type: int64, default: 1}", "SDL012 main.yaml:3 /params/a=b: 'a=b' cannot be the name of a parameter. Use letters, digits and underscores.")]
    public void A_defect_of_a_declaration_says_how_to_mend_it(string declaration, string expected) =>
        Assert.Equal(expected, Message(Text(declaration, "true"), Given()));

    [Theory]
    [InlineData("boolean", "TRUE", "Give true or false.")]
    [InlineData("int64", "1.0", "Give an integer of at most 64 bits, without a fraction.")]
    [InlineData("int64", "9223372036854775808", "Give an integer of at most 64 bits, without a fraction.")]
    [InlineData("int64", "0x10", "Give an integer of at most 64 bits, without a fraction.")]
    [InlineData("int64", " 1", "Give an integer of at most 64 bits, without a fraction.")]
    [InlineData("int64", "", "Give an integer of at most 64 bits, without a fraction.")]
    [InlineData("decimal(3,1)", "1e1", "Give a number that fits decimal(3,1): digits, with a point where needed.")]
    [InlineData("decimal(3,1)", "100.0", "Give a number that fits decimal(3,1): digits, with a point where needed.")]
    [InlineData("decimal(3,1)", "1.00", "Give a number that fits decimal(3,1): digits, with a point where needed.")]
    [InlineData("float64", "NaN", "Give a finite number.")]
    [InlineData("float64", "1e400", "Give a finite number.")]
    [InlineData("date", "2026-6-5", "Give a date: 2026-01-31.")]
    [InlineData("date", "2026-06-05T00:00:00", "Give a date: 2026-01-31.")]
    [InlineData("timestamp", "2026-06-05", "Give ISO 8601 with a time of day: 2026-01-31T12:00:00Z (at most six digits of a second).")]
    [InlineData("datetime", "2026-06-05T10:00:00.1234567", "Give ISO 8601 with a time of day: 2026-01-31T12:00:00Z (at most six digits of a second).")]
    [InlineData("binary", "abc", "Give hexadecimal digits.")]
    public void A_given_value_that_does_not_fit_is_told_without_the_value(string type, string value, string hint) => Assert.Equal(
        $"SDL012 main.yaml:3 /params/p: The value given for 'p' does not fit the type {type}. {hint}",
        Message(Text($"p: {{type: \"{type}\"}}", "true"), Given(("p", value))));

    [Theory]
    [InlineData("{field: id, eq: {param: q}}", "SDL012 main.yaml:4 /where/eq/param: The segment has no parameter 'q'. Did you mean 'p'?")]
    [InlineData("{field: id, eq: {param: minimum}}", "SDL012 main.yaml:4 /where/eq/param: The segment has no parameter 'minimum'. Declare it: params: {minimum: {type: …}}.")]
    [InlineData("{field: country, eq: {param: p}}", "SDL012 main.yaml:4 /where/eq: The parameter 'p' is an int64, and is compared with a string. Both sides must have the same type, or both be numbers; a date also goes with a timestamp or datetime.")]
    [InlineData("{field: seen, before: {param: p}}", "SDL012 main.yaml:4 /where/before: The parameter 'p' is an int64, and is compared with a timestamp. Both sides must have the same type, or both be numbers; a date also goes with a timestamp or datetime.")]
    [InlineData("{field: id, eq: {param: p, default: 1}}", "SDL006 main.yaml:4 /where/eq/default: 'default' is not a key of a parameter. Known keys: param.")]
    [InlineData("{field: id, eq: {param: [p]}}", "SDL006 main.yaml:4 /where/eq/param: The name of a parameter must be a single word or text. Write one value here.")]
    [InlineData("{has: orders, agg: {sum: amount, gt: 1, empty_as: {param: p}}}", "SDL009 main.yaml:4 /where/agg/empty_as: A parameter cannot stand here. Write a literal.")]
    [InlineData("{field: active, is: {param: p}}", "SDL005 main.yaml:4 /where/is: 'is' must be true or false. Write true or false, without quotes.")]
    [InlineData("{ids: [{param: p}]}", "SDL005 main.yaml:4 /where/ids/0: A single value is expected, not a mapping. Write one int64.")]
    public void A_defect_of_a_use_says_how_to_mend_it(string where, string expected) =>
        Assert.Equal(expected, Message(Text("p: {type: int64, default: 1}", where), Given()));

    [Theory]
    [InlineData("timestamp", "born")]
    [InlineData("timestamp", "noted")]
    [InlineData("datetime", "seen")]
    [InlineData("string", "born")]
    [InlineData("boolean", "id")]
    [InlineData("date", "id")]
    public void A_parameter_of_another_type_does_not_fit(string type, string column) =>
        Assert.StartsWith("SDL012 ", Message(Text($"p: {{type: {type}}}", $"{{field: {column}, eq: {{param: p}}}}"), given: null), StringComparison.Ordinal);

    [Fact]
    public void A_value_for_a_name_that_no_segment_declares_is_told_with_the_nearest()
    {
        var text = Text("minimum: {type: int64, default: 1}", "true");
        Assert.Equal("SDL012 main.yaml: No segment of this run has a parameter 'minimun'. Did you mean 'minimum'?", Message(text, Given(("minimun", "1"))));
        Assert.Equal("SDL012 main.yaml: No segment of this run has a parameter 'x'. Parameters: minimum.", Message(text, Given(("x", "1"))));
        Assert.Equal("SDL012 main.yaml: No segment of this run has a parameter 'x'. Give it no parameters.", Message("segment: main\nof: customer\nwhere: true", Given(("x", "1"))));
    }

    [Fact]
    public void A_wrong_parameter_is_told_once_however_often_it_is_used() => Assert.StartsWith(
        "SDL012 ", Message(Text("p: {type: int64}", "{all: [{field: id, eq: {param: p}}, {field: country, eq: {param: p}}]}"), Given()), StringComparison.Ordinal);

    private static string Text(string declarations, string where) => $"segment: main\nof: customer\nparams: {{{declarations}}}\nwhere: {where}\ntime: {{zone: Europe/Berlin}}\n";

    private static ImmutableDictionary<string, string> Given(params (string Name, string Value)[] values) => values.ToImmutableDictionary(pair => pair.Name, pair => pair.Value);

    private static string Where(string declarations, string where, params (string Name, string Value)[] given) =>
        ResolvedText.Of(Run(Text(declarations, where), Given(given)).Main.Where);

    private static ResolvedRun Run(string text, ImmutableDictionary<string, string>? given, params ImmutableArray<SegmentFile> others)
    {
        var file = File(text);
        return SegmentResolver.Resolve(file, Environment(Noon, [file, .. others]) with { Parameters = given });
    }

    private static string Message(string text, ImmutableDictionary<string, string>? given) =>
        Assert.Single(Assert.Throws<FederatedSegmentationException>(() => Run(text, given)).Problems).ToString();
}
