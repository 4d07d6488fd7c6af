using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning.Resolution;
using FederatedSegmentation.Reading;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>A model with every type and kind of relationship, and short ways to resolve segments over it.</summary>
internal static class Definitions
{
    public const string ModelText = """
        model: retail
        entities:
          customer:
            source: crm
            table: [customer]
            key: [id]
            columns:
              id: int64
              country: string
              active: boolean
              balance: decimal(12,2)
              score: float64
              born: date
              seen: timestamp
              signed_up: {type: datetime, zone: Europe/Berlin}
              called: {type: datetime, zone: America/New_York}
              noted: datetime
              account_id: int64
              photo: binary
              visits: int64
          account:
            source: crm
            table: [account]
            key: [id]
            columns: {id: int64, region: string, owner_id: int64, opened: date}
          owner:
            source: crm
            table: [owner]
            key: [id]
            columns: {id: int64, name: string}
          order:
            source: shop
            table: [orders]
            key: [id]
            time: placed_at
            columns:
              id: int64
              customer_id: int64
              product_id: int64
              amount: decimal(10,2)
              weight: float64
              quantity: int64
              paid: boolean
              placed_at: timestamp
              noted: datetime
              currency: string
          item:
            source: shop
            table: [items]
            key: [order_id, line]
            columns: {order_id: int64, line: int64, sku: string, price: decimal(10,2), product_id: int64}
          product:
            source: shop
            table: [products]
            key: [id]
            columns: {id: int64, brand: string, launched: timestamp}
          visit:
            source: shop
            table: [visits]
            columns: {customer_id: int64, at: timestamp}
          login:
            source: shop
            table: [logins]
            time: day
            columns: {customer_id: int64, day: date, device: string}
          call:
            source: crm
            table: [calls]
            key: [id]
            time: at
            columns: {id: int64, customer_id: int64, at: {type: datetime, zone: Europe/Berlin}, minutes: int64}
          note:
            source: crm
            table: [notes]
            key: [id]
            time: at
            columns: {id: int64, customer_id: int64, at: datetime}
        relationships:
          - {name: logins, from: customer, to: login, on: {id: customer_id}, cardinality: one_to_many}
          - {name: same_device, from: login, to: login, on: {device: device}, cardinality: many_to_many, inverse: same_device_too}
          - {name: calls, from: customer, to: call, on: {id: customer_id}, cardinality: one_to_many, inverse: caller}
          - {name: notes, from: customer, to: note, on: {id: customer_id}, cardinality: one_to_many}
          - {name: orders, from: customer, to: order, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
          - {name: items, from: order, to: item, on: {id: order_id}, cardinality: one_to_many, inverse: order}
          - {name: product, from: item, to: product, on: {product_id: id}, cardinality: many_to_one, inverse: items}
          - {name: account, from: customer, to: account, on: {account_id: id}, cardinality: many_to_one, inverse: users}
          - {name: owner, from: account, to: owner, on: {owner_id: id}, cardinality: many_to_one}
          - {name: visits, from: customer, to: visit, on: {id: customer_id}, cardinality: one_to_many}
          - {name: referrer, from: customer, to: customer, on: {account_id: id}, cardinality: many_to_one, inverse: referred}
        """;

    public static readonly DataModel Retail = ReadModel(ModelText);

    /// <summary>Noon in Berlin on a summer Wednesday: nothing special.</summary>
    public const string Noon = "2026-06-17T10:00:00Z";

    public static DataModel ReadModel(string text, string file = "model.yaml") =>
        ModelReader.Read(DocumentReader.Read(Encoding.UTF8.GetBytes(text), file, ReadingLimits.Model), file, ["crm", "shop"]);

    public static SegmentFile File(string text, string name = "main.yaml")
    {
        try
        {
            return new SegmentFile(name, "/segments/" + name, DocumentReader.Read(Encoding.UTF8.GetBytes(text), name, ReadingLimits.Segment), []);
        }
        catch (FederatedSegmentationException error)
        {
            return new SegmentFile(name, "/segments/" + name, null, error.Problems);
        }
    }

    public static ResolutionEnvironment Environment(string asOf, params ImmutableArray<SegmentFile> files) =>
        new(
            Retail, new SegmentLibrary(files), DateTimeOffset.Parse(asOf, CultureInfo.InvariantCulture), NoKeyFiles.Instance, ImmutableDictionary<string, string>.Empty);

    public static ResolvedRun Resolve(string text, string asOf = Noon, params ImmutableArray<SegmentFile> others)
    {
        var file = File(text);
        return SegmentResolver.Resolve(file, Environment(asOf, [file, .. others]));
    }

    /// <summary>What happens to the members of a segment of customers.</summary>
    public static string Distribution(string parts) => ResolvedText.Of(Resolve($"segment: main\nof: customer\nwhere: true\n{parts}\n").Main.Distribution);

    /// <summary>The only defect of a segment of customers with these keys beside its head, as a person reads it.</summary>
    public static string SegmentMessage(string parts) =>
        Assert.Single(Assert.Throws<FederatedSegmentationException>(() => Resolve($"segment: main\nof: customer\nwhere: true\n{parts}\n")).Problems).ToString();

    /// <summary>The meaning of a predicate on a customer.</summary>
    public static string Where(string where, string asOf = Noon, string time = "{zone: Europe/Berlin}", string of = "customer") =>
        ResolvedText.Of(Resolve($"segment: main\nof: {of}\ntime: {time}\nwhere: {where}\n", asOf).Main.Where);

    /// <summary>The defects of a predicate on a customer, one line each, without the hints.</summary>
    public static string WhereDefects(string where, string of = "customer") => Defects($"segment: main\nof: {of}\nwhere: {where}\n");

    /// <summary>The defects of a segment: <c>code pointer:line message</c>.</summary>
    public static string Defects(string text, params ImmutableArray<SegmentFile> others) => Lines(() => Resolve(text, Noon, others));

    /// <summary>The defects of a model.</summary>
    public static string ModelDefects(string text) => Lines(() => ReadModel(text));

    /// <summary>The only defect, as a person reads it.</summary>
    public static string Message(string where) =>
        Assert.Single(Assert.Throws<FederatedSegmentationException>(() => Resolve($"segment: main\nof: customer\nwhere: {where}\n")).Problems).ToString();

    private static string Lines(Action action) =>
        string.Join('\n', Assert.Throws<FederatedSegmentationException>(action).Problems.Select(problem => $"{problem.Code} {problem.Pointer}:{problem.Line} {problem.Message}"));
}
