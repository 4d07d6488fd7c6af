using System.Globalization;
using System.Text;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;
using static FederatedSegmentation.Planning.Tests.Resolution.Definitions;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>Data models, right and wrong.</summary>
public sealed class ModelTests
{
    [Fact]
    public void A_model_is_read_whole()
    {
        var model = ReadModel("""
            model: retail
            entities:
              customer:
                source: crm
                table: [CRM, PUBLIC, "Customer"]
                key: [id, shop]
                time: signed_up
                columns:
                  id: int64
                  shop: string
                  country: {type: string, column: COUNTRY_CODE}
                  signed_up: {type: datetime, zone: Europe/Berlin}
                  balance: "decimal(12, 2)"
                dedupe: [signed_up desc, shop asc, id]
                csv: {delimiter: ";"}
                x-owner: anyone
              log: {source: shop, table: [logs/*.csv], key: null, time: ~, columns: {at: timestamp}}
            relationships: []
            """);
        var customer = model.FindEntity("customer")!;
        Assert.Equal("CRM PUBLIC Customer", string.Join(' ', customer.Table));
        Assert.Equal(["id", "shop"], customer.Key.Select(column => column.Name));
        Assert.Equal("COUNTRY_CODE", customer.FindColumn("country")!.SourceName);
        Assert.Equal(new DateTimeType("Europe/Berlin"), customer.Time!.Type);
        Assert.Equal(new DecimalType(12, 2), customer.FindColumn("balance")!.Type);
        Assert.Equal([("signed_up", true), ("shop", false), ("id", false)], customer.Dedupe!.Value.Select(order => (order.Column.Name, order.Descending)));
        Assert.Equal(';', customer.CsvDelimiter);
        var log = model.FindEntity("log")!;
        Assert.True(log.Key.IsEmpty && log.Time is null && log.Dedupe is null && log.CsvDelimiter is null);
    }

    [Fact]
    public void A_decimal_in_braces_needs_no_quotes()
    {
        var model = ReadModel("""
            model: m
            entities:
              a: {source: crm, table: [a], columns: {x: decimal(10,2), y: {type: decimal(38, 0), column: Y}, z: int64, w: decimal(5,5)}}
            """);
        Assert.Equal("decimal(10,2) decimal(38,0) int64 decimal(5,5)", string.Join(' ', model.Entities[0].Columns.Select(column => column.Type)));
    }

    [Fact]
    public void Relationships_are_steps_in_both_directions()
    {
        var customer = Retail.FindEntity("customer")!;
        var orders = Retail.FindStep(customer, "orders")!;
        Assert.Equal(("order", false), (orders.To.Name, orders.IsToOne));
        var back = Retail.FindStep(orders.To, "customer")!;
        Assert.Equal(("customer", true), (back.To.Name, back.IsToOne));
        Assert.Null(Retail.FindStep(Retail.FindEntity("owner")!, "account"));
        Assert.Equal(Cardinality.ManyToOne, Retail.FindStep(customer, "account")!.Relationship.Cardinality);
    }

    [Fact]
    public void All_defects_of_a_model_are_reported_at_once()
    {
        const string text = """
            model: m
            entities:
              a:
                source: crn
                table: []
                key: [id, nope, id, f]
                time: name
                columns: {id: int64, name: string, f: float64, n: "decimal(39,2)"}
                colums: {}
              b:
                source: crm
                table: [b]
                key: [id, f, id]
                time: name
                columns: {id: int64, name: string, f: float64, at: {type: datetime, zone: Europe/Berlin}, by: {type: datetime, zone: UTC}, d: "decimal(5,0)"}
                dedupe: [naem desc]
                csv: {delimiter: x}
              c:
                source: crm
                table: [c]
                columns: {id: int64, t: {type: date, zone: Nowhere/Land}}
                dedupe: [id]
              "d.e": {source: crm, table: [d], columns: {"x*": int64, y: integer, z: {column: Z}}}
            relationships:
              - {name: one, from: b, to: c, on: {id: id, name: id}, cardinality: many_to_one, inverse: bs}
              - {name: one, from: b, to: cc, on: {id: id}, cardinality: one_to_some}
              - {name: two, from: b, to: b, on: {at: by}, cardinality: one_to_one, inverse: two}
              - {name: three, from: b, to: c, on: {f: id, name: t, idd: id}, cardinality: many_to_one}
              - {name: four, from: b, to: b, on: {}, cardinality: many_to_one}
              - {name: five, from: b, to: a, on: {id: id, d: id}}
            """;
        Assert.Equal(
            """
            SDL014 /entities/a/source:4 The settings have no source 'crn'.
            SDL014 /entities/a/table:5 'table' has no name parts.
            SDL014 /entities/a/columns/n:8 'decimal(39,2)' is not a decimal type.
            SDL006 /entities/a/colums:9 'colums' is not a key of an entity.
            SDL014 /entities/b/key/1:13 Column 'f' is a float64 and cannot be part of a key.
            SDL014 /entities/b/key/2:13 Column 'id' stands twice in the key.
            SDL014 /entities/b/time:14 The event time 'name' is a string.
            SDL002 /entities/b/dedupe/0:16 Entity 'b' has no column 'naem'.
            SDL014 /entities/b/csv/delimiter:17 The delimiter is not one that CSV files may have.
            SDL007 /entities/c/columns/t/zone:21 'Nowhere/Land' is not an IANA time zone.
            SDL014 /entities/c/columns/t/zone:21 Column 't' is a date and has no zone.
            SDL013 /entities/c/dedupe:22 Entity 'c' has no key, so its rows cannot be deduped.
            SDL014 /entities/d.e:23 'd.e' cannot be the name of an entity.
            SDL014 /entities/d.e/columns/x*:23 'x*' cannot be the name of a column.
            SDL014 /entities/d.e/columns/y:23 'integer' is not a type.
            SDL006 /entities/d.e/columns/z:23 Column 'z' lacks the key 'type'.
            SDL002 /relationships/1/to:26 The model has no entity 'cc'.
            SDL014 /relationships/1/cardinality:26 'one_to_some' is not a cardinality.
            SDL014 /relationships/1/name:26 Two relationships are named 'one' from entity 'b'.
            SDL003 /relationships/2/on/at:27 'at' is a datetime and 'by' a datetime: the key types differ.
            SDL014 /relationships/2/inverse:27 Two relationships are named 'two' from entity 'b'.
            SDL014 /relationships/3/on/f:28 A float64 column cannot be part of a key.
            SDL003 /relationships/3/on/name:28 'name' is a string and 't' a date: the key types differ.
            SDL002 /relationships/3/on/idd:28 Entity 'b' has no column 'idd'.
            SDL014 /relationships/4/on:29 'on' has no column pairs.
            SDL006 /relationships/5:30 A relationship lacks the key 'cardinality'.
            """.ReplaceLineEndings("\n"),
            ModelDefects(text));
    }

    [Theory]
    [InlineData("int64", "int64", true)]
    [InlineData("int64", "string", true)]
    [InlineData("string", "int64", true)]
    [InlineData("int64", "\"decimal(10,2)\"", true)]
    [InlineData("\"decimal(10,2)\"", "\"decimal(38,0)\"", true)]
    [InlineData("date", "date", true)]
    [InlineData("datetime", "datetime", true)]
    [InlineData("{type: datetime, zone: UTC}", "datetime", false)]
    [InlineData("timestamp", "datetime", false)]
    [InlineData("string", "\"decimal(10,2)\"", false)]
    [InlineData("boolean", "int64", false)]
    [InlineData("date", "timestamp", false)]
    public void Keys_of_different_types_match_only_without_loss(string left, string right, bool matches)
    {
        var text = $$"""
            model: m
            entities:
              a: {source: crm, table: [a], columns: {k: {{left}} } }
              b: {source: crm, table: [b], columns: {k: {{right}} } }
            relationships: [{name: bs, from: a, to: b, on: {k: k}, cardinality: one_to_many}]
            """;
        if (matches)
        {
            Assert.Single(ReadModel(text).Relationships);
        }
        else
        {
            Assert.StartsWith("SDL003 /relationships/0/on/k:5", ModelDefects(text), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_model_of_six_thousand_entities_and_ten_thousand_relationships_loads_from_both_formats()
    {
        var yaml = LargeModel();
        var model = ReadModel(yaml);
        Assert.Equal((6_000, 10_000), (model.Entities.Length, model.Relationships.Length));
        Assert.Equal(40, model.FindEntity("e5999")!.Columns.Length);
        Assert.NotNull(model.FindStep(model.FindEntity("e10")!, "r10"));
    }

    [Fact]
    public void Defects_of_a_large_model_are_all_told()
    {
        var wrong = LargeModel().Replace("source: crm", "source: crn", StringComparison.Ordinal);
        Assert.Equal(6_000, ModelDefects(wrong).Split('\n').Length);
    }

    internal static string LargeModel()
    {
        var text = new StringBuilder("model: large\nentities:\n");
        for (var entity = 0; entity < 6_000; entity++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  e{entity}:\n    source: crm\n    table: [public, e{entity}]\n    key: [c0]\n    columns:\n");
            for (var column = 0; column < 40; column++)
            {
                text.Append(CultureInfo.InvariantCulture, $"      c{column}: int64\n");
            }
        }

        text.Append("relationships:\n");
        for (var relationship = 0; relationship < 10_000; relationship++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  - {{name: r{relationship}, from: e{relationship % 6_000}, to: e{(relationship + 1) * 7 % 6_000}, on: {{c1: c0}}, cardinality: many_to_one, inverse: i{relationship}}}\n");
        }

        return text.ToString();
    }
}
