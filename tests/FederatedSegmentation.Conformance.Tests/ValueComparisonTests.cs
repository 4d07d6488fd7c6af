using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>How strings and numbers compare.</summary>
public sealed class ValueComparisonTests
{
    [Fact]
    public void Strings_are_case_sensitive_and_trailing_spaces_significant() =>
        World.Column("string", "a", "A", "a ", " a").Holds("""{"field":"x","eq":"a"}""", 1).Holds("""{"field":"x","ne":"a"}""", 2, 3, 4);

    [Fact]
    public void A_combining_accent_is_not_the_composed_letter() =>
        World.Column("string", "é", "e\u0301").Holds("""{"field":"x","eq":"é"}""", 1).Holds("""{"field":"x","contains":"e"}""", 2);

    [Fact]
    public void Strings_order_by_utf8_bytes_so_an_emoji_follows_the_private_use_area() =>
        World.Column("string", "😀", "\uFF5E", "z").Holds("""{"field":"x","gt":"\uFF5E"}""", 1).Holds("""{"field":"x","lt":"\uFF5E"}""", 3);

    [Fact]
    public void A_prefix_orders_before_the_longer_string() => World.Column("string", "a", "ab", "a ").Holds("""{"field":"x","gt":"a"}""", 2, 3);

    [Fact]
    public void Upper_case_orders_before_lower_case() => World.Column("string", "B", "a").Holds("""{"field":"x","lt":"a"}""", 1);

    [Fact]
    public void Ci_folds_ascii_letters_on_both_sides() =>
        World.Column("string", "ABC", "abc", "aBc", "abd").Holds("""{"field":"x","eq":"Abc","ci":true}""", 1, 2, 3);

    [Fact]
    public void Ci_leaves_other_letters_alone() =>
        World.Column("string", "É", "é", "İ", "i", "ß", "SS").Holds("""{"field":"x","eq":"é","ci":true}""", 2).Holds("""{"field":"x","in":["I","ss"],"ci":true}""", 4, 6);

    [Fact]
    public void Ci_ne_and_not_in_fold_too() =>
        World.Column("string", "A", "b", null).Holds("""{"field":"x","ne":"a","ci":true}""", 2).Holds("""{"field":"x","not_in":["B"],"ci":true}""", 1);

    [Fact]
    public void Ci_folds_for_contains_starts_ends_and_not_contains() =>
        World.Column("string", "xAy", "xb", "Ab")
            .Holds("""{"field":"x","contains":"a","ci":true}""", 1, 3)
            .Holds("""{"field":"x","starts":"a","ci":true}""", 3)
            .Holds("""{"field":"x","ends":"B","ci":true}""", 2, 3)
            .Holds("""{"field":"x","not_contains":"A","ci":true}""", 2);

    [Fact]
    public void Ci_false_is_the_same_as_no_ci() => World.Column("string", "A", "a").Holds("""{"field":"x","eq":"a","ci":false}""", 2);

    [Fact]
    public void Any_number_fits_a_decimal_column_whatever_its_scale() =>
        World.Column("decimal(5,2)", "1.50", "1.51", "1.49").Holds("""{"field":"x","gt":1.5000000000000000000000001}""", 2).Holds("""{"field":"x","eq":1.5}""", 1);

    [Fact]
    public void Decimals_may_be_written_as_strings() => World.Column("decimal(38,2)", "0.10", "0.11").Holds("""{"field":"x","eq":"0.1"}""", 1);

    [Fact]
    public void Decimals_of_38_digits_compare_exactly() =>
        World.Column("decimal(38,0)", "99999999999999999999999999999999999999", "99999999999999999999999999999999999998")
            .Holds("""{"field":"x","eq":99999999999999999999999999999999999999}""", 1);

    [Fact]
    public void Int64_at_its_ends_compares_exactly() =>
        World.Column("int64", "9223372036854775807", "9223372036854775806", "-9223372036854775808")
            .Holds("""{"field":"x","gte":9223372036854775807}""", 1)
            .Holds("""{"field":"x","eq":-9223372036854775808}""", 3);

    [Fact]
    public void An_int64_and_a_decimal_compare_exactly_beyond_two_to_53() => new World()
        .Entity("thing", "id* int64; x int64; d decimal(20,0)", "1,9007199254740993,9007199254740992", "2,9007199254740993,9007199254740993")
        .Holds("""{"field":"x","eq":{"ref":"d"}}""", 2);

    [Fact]
    public void A_nan_satisfies_no_operator() =>
        World.Column("float64", "NaN", "1").Holds("""{"field":"x","ne":5}""", 2).Holds("""{"field":"x","not_in":[5]}""", 2).Holds("""{"field":"x","not_between":[5,6]}""", 2);

    [Fact]
    public void A_nan_is_a_value_for_null_empty_and_an_empty_not_in() => World.Column("float64", "NaN", null)
        .Holds("""{"field":"x","null":false}""", 1)
        .Holds("""{"field":"x","empty":true}""", 2)
        .Holds("""{"field":"x","not_in":[]}""", 1);

    [Fact]
    public void Negative_zero_equals_zero() => World.Column("float64", "-0", "0").Holds("""{"field":"x","eq":0}""", 1, 2).Holds("""{"field":"x","lt":0}""");

    [Fact]
    public void A_float_compares_with_a_decimal_as_a_float() => new World()
        .Entity("thing", "id* int64; x float64; d decimal(5,2)", "1,1.5,1.00", "2,1.5,2.00")
        .Holds("""{"field":"x","gt":{"ref":"d"}}""", 1);

    [Fact]
    public void A_float_within_1e_12_of_its_bound_but_not_on_it_is_not_specified() =>
        Assert.NotEmpty(World.Column("float64", "0.30000000000000004").OutcomeOf("thing", """{"field":"x","gt":0.3}""").Unspecified);

    [Fact]
    public void A_datetime_column_without_a_zone_takes_a_literal_as_written() =>
        World.Column("datetime", "2024-05-15T10:00:00", "2024-05-15T08:00:00").Zone("Europe/Berlin").Holds("""{"field":"x","eq":"2024-05-15T10:00:00"}""", 1);

    [Fact]
    public void A_literal_with_an_offset_on_a_datetime_without_a_zone_is_converted_to_the_time_zone() =>
        World.Column("datetime", "2024-05-15T10:00:00", "2024-05-15T08:00:00").Zone("Europe/Berlin").Holds("""{"field":"x","eq":"2024-05-15T08:00:00Z"}""", 1);

    [Fact]
    public void A_literal_without_an_offset_on_a_zoned_datetime_is_read_in_the_time_zone() =>
        World.Column("datetime@America/New_York", "2024-05-15T04:00:00", "2024-05-15T10:00:00").Zone("Europe/Berlin").Holds("""{"field":"x","eq":"2024-05-15T10:00:00"}""", 1);

    [Fact]
    public void A_timestamp_literal_without_an_offset_is_read_in_the_time_zone() =>
        World.Column("timestamp", "2024-05-15T08:00:00Z", "2024-05-15T10:00:00Z").Zone("Europe/Berlin").Holds("""{"field":"x","eq":"2024-05-15T10:00:00"}""", 1);

    [Fact]
    public void A_timestamp_literal_with_an_offset_is_that_instant() =>
        World.Column("timestamp", "2024-05-15T08:00:00Z", "2024-05-15T10:00:00Z").Zone("Europe/Berlin").Holds("""{"field":"x","eq":"2024-05-15T12:00:00+02:00"}""", 2);

    [Fact]
    public void A_date_literal_on_a_timestamp_means_local_midnight() =>
        World.Column("timestamp", "2024-05-14T22:00:00Z", "2024-05-15T00:00:00Z", "2024-05-14T21:59:59.999999Z").Zone("Europe/Berlin")
            .Holds("""{"field":"x","eq":"2024-05-15"}""", 1)
            .Holds("""{"field":"x","gte":"2024-05-15"}""", 1, 2);

    [Fact]
    public void Dates_compare_as_dates() => World.Column("date", "2024-01-31", "2024-02-01", null).Holds("""{"field":"x","lte":"2024-01-31"}""", 1);

    [Fact]
    public void Microseconds_tell_instants_apart() =>
        World.Column("timestamp", "2024-01-01T00:00:00.000001Z", "2024-01-01T00:00:00Z").Holds("""{"field":"x","gt":"2024-01-01T00:00:00Z"}""", 1);
}
