using System.Collections.Immutable;
using System.Numerics;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Dialects;

/// <summary>
/// Where one SQL differs from another: lexical rules (identifiers, literals, type names) and the few operations whose meaning is not the same everywhere.
/// What is common lives in the compiler. Immutable and safe for concurrent use.
/// </summary>
/// <remarks>
/// Conditions given back here may be unknown where an operand is NULL, but are never TRUE there; the compiler writes exact complements itself.
/// </remarks>
public abstract class SqlDialect
{
    /// <summary>The dialect's name for people, for instance <c>PostgreSQL</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What a source of this dialect answers exactly.</summary>
    public abstract Capabilities Capabilities { get; }

    /// <summary>Whether FROM takes SEMI JOIN and ANTI JOIN; elsewhere they become EXISTS and NOT EXISTS.</summary>
    public virtual bool HasSemiJoin => false;

    /// <summary>Whether rows that follow each other in time are found without pairs, by cells of time or a window; elsewhere by EXISTS.</summary>
    public virtual bool CutsTime => false;

    /// <summary>What stands between the name of a common table and its query.</summary>
    public virtual string CommonTableAs => " AS MATERIALIZED ";

    /// <summary>Whether FROM takes rows as VALUES; elsewhere they are an array of structures that is unnested.</summary>
    public virtual bool HasValues => true;

    /// <summary>What stands behind FROM where a SELECT that reads nothing has conditions; null where nothing need stand there.</summary>
    public virtual string? OneRow => null;

    /// <summary>Whether set operations that return no row twice are spelled with DISTINCT.</summary>
    public virtual bool SpellsDistinctSets => false;

    /// <summary>Whether NaN is the greatest value; elsewhere every comparison with it but &lt;&gt; is false.</summary>
    public virtual bool NanIsGreatest => true;

    /// <summary>Whether ORDER BY takes NULLS LAST; elsewhere an expression that is 1 for NULL stands before the value.</summary>
    public virtual bool HasNullsLast => true;

    /// <summary>Whether the most rows are said by TOP behind SELECT; elsewhere by LIMIT at the end.</summary>
    public virtual bool LimitsByTop => false;

    /// <summary>What a window that numbers rows is ordered by where any order will do; null where nothing need stand there.</summary>
    public virtual SqlExpression? AnyOrder => null;

    /// <summary>The name, quoted whatever it holds.</summary>
    /// <exception cref="FederatedSegmentationException">The name is empty or holds U+0000.</exception>
    public virtual string QuoteIdentifier(string name) =>
        name.Length > 0 && !name.Contains('\0')
            ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : throw Excluded("a name that is empty or holds U+0000");

    /// <summary>Whether the text is one quoted name and nothing else.</summary>
    public virtual bool IsBareColumn(string text) =>
        text is ['"', _, .., '"'] && !text[1..^1].Replace("\"\"", string.Empty, StringComparison.Ordinal).Contains('"');

    /// <summary>The parts, quoted and joined by dots.</summary>
    public string QuoteName(ImmutableArray<string> parts) => string.Join('.', parts.Select(QuoteIdentifier));

    /// <summary>The text of a constant, typed. The only way a value of a definition enters a statement.</summary>
    /// <exception cref="FederatedSegmentationException">The dialect has no way to write it.</exception>
    public abstract string WriteLiteral(Literal value, StorageType storage);

    /// <summary>The name of a type in a cast.</summary>
    public abstract string TypeName(StorageType storage);

    /// <summary>The exact complement, as text around the written item.</summary>
    /// <returns>What stands before and behind the item.</returns>
    public virtual (string Before, string Behind) IsNotTrue => ("(", ") IS NOT TRUE");

    /// <summary>A column as a scan outputs it: text for what the engine has to cast.</summary>
    public virtual SqlExpression ScanOutput(SqlExpression column, PlanColumn output) => column;

    /// <summary>
    /// A condition that is TRUE for every value of a stored column that the language knows, and raises an error for the others; null where there are none.
    /// </summary>
    /// <remarks>For values that a source uses and does not send, such as infinite times: what is sent is checked when it arrives.</remarks>
    public virtual SqlCondition? Fits(SqlExpression column, PlanColumn output) => null;

    /// <summary>Text that compares and sorts by its bytes.</summary>
    public virtual SqlExpression ByBytes(SqlExpression text) => text;

    /// <summary>Equality in which NULLs equal each other, in the form that the dialect joins fastest.</summary>
    public virtual SqlCondition NullSafeEqual(SqlExpression left, SqlExpression right) => new SqlNotDistinct(left, right);

    /// <summary>Two texts equal, or not, by their bytes.</summary>
    /// <param name="comparison">Equal or NotEqual.</param>
    /// <param name="left">A text.</param>
    /// <param name="right">A text.</param>
    public virtual SqlCondition CompareText(ComparisonOperator comparison, SqlExpression left, SqlExpression right) => new SqlComparison(comparison, left, right);

    /// <summary>Two texts equal by their bytes, NULLs equal each other.</summary>
    public virtual SqlCondition NullSafeTextEqual(SqlExpression left, SqlExpression right) => NullSafeEqual(left, right);

    /// <summary>A text among two or more constants, or not, by bytes; unknown for NULL.</summary>
    public virtual SqlCondition AmongTexts(SqlExpression text, ImmutableArray<SqlExpression> items, bool negated) => new SqlIn(text, items, negated);

    /// <summary>
    /// A value by which texts of different bytes differ where the dialect groups them together, for instance their length where it ignores padding. It is
    /// grouped, partitioned and made distinct by beside the text. Null where grouping tells all texts apart.
    /// </summary>
    public virtual SqlExpression? TellsApart(SqlExpression text) => null;

    /// <summary>TRUE where a float is not NaN.</summary>
    public abstract SqlCondition IsNotNan(SqlExpression value);

    /// <summary>NULL for NaN, else the float.</summary>
    public abstract SqlExpression NanAsNull(SqlExpression value);

    /// <summary>An instant as the wall clock of UTC.</summary>
    public abstract SqlExpression InstantToUtc(SqlExpression instant);

    /// <summary>A wall clock of UTC as an instant.</summary>
    public abstract SqlExpression UtcToInstant(SqlExpression wallClock);

    /// <summary>A wall clock of one zone as that of another, by the gateway's own rules.</summary>
    /// <param name="wallClock">The value.</param>
    /// <param name="from">The zone it is in.</param>
    /// <param name="to">Another zone.</param>
    public virtual SqlExpression ConvertZone(SqlExpression wallClock, string from, string to) => throw Excluded("a conversion between time zones");

    /// <summary>A part of a date or wall clock as an int64.</summary>
    public abstract SqlExpression PartOf(SqlExpression value, DatePart part);

    /// <summary>TRUE where the text holds the pattern, literally; for an empty pattern too.</summary>
    public abstract SqlCondition Matches(TextMatch match, SqlExpression text, SqlExpression pattern);

    /// <summary>A–Z folded, everything else as it is.</summary>
    public virtual SqlExpression AsciiLower(SqlExpression text) => new SqlCall("translate", [text, Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), Text("abcdefghijklmnopqrstuvwxyz")]);

    /// <summary>Two exact numbers (int64 or decimal columns or results) compared by value.</summary>
    public abstract SqlCondition CompareExact(ComparisonOperator comparison, SqlValue left, SqlValue right);

    /// <summary>A value times a count, exactly, as a decimal of 38 digits with the value's scale; an error at run time beyond them.</summary>
    /// <param name="value">An exact number; a literal has at most 38 digits and a scale of at most 38 but where <paramref name="fits"/> is false.</param>
    /// <param name="count">An int64.</param>
    /// <param name="fits">Whether the value itself is a decimal of 38 digits.</param>
    public virtual SqlValue ExactProduct(SqlValue value, SqlExpression count, bool fits) => throw Excluded("an average against a bound");

    /// <summary>An aggregate.</summary>
    /// <param name="function">The function.</param>
    /// <param name="input">The aggregated value; null for <see cref="MeasureFunction.Count"/>.</param>
    /// <param name="result">The physical type of the result.</param>
    public abstract SqlExpression Aggregate(MeasureFunction function, SqlValue? input, StorageType result);

    /// <summary>The input, or the guard's data error where rows is more than 1, raised only on rows on which it is evaluated.</summary>
    public virtual SqlExpression Guarded(SqlExpression input, SqlExpression rows, DataGuard guard) => throw Excluded("a data error inside a statement");

    /// <summary>A time plus a duration, of the time's own type; months clamp.</summary>
    /// <param name="time">A date or a wall clock.</param>
    /// <param name="duration">Not zero.</param>
    public abstract SqlExpression Add(SqlValue time, Duration duration);

    /// <summary>A time as an int64, its microseconds since 1970; only where <see cref="CutsTime"/>.</summary>
    /// <param name="time">A date, a wall clock or an instant.</param>
    public virtual SqlExpression Microseconds(SqlValue time) => throw Excluded("microseconds of a time");

    /// <summary>The number of the cell that a time lies in, an int64: one more with every <paramref name="width"/>; only where <see cref="CutsTime"/>.</summary>
    /// <param name="microseconds">An int64.</param>
    /// <param name="width">At least 1.</param>
    public virtual SqlExpression TimeCell(SqlExpression microseconds, long width) => throw Excluded("cells of time");

    /// <summary>A time plus a duration, for what lies at or before it: the latest time there is where the sum lies beyond the dialect's calendar, of which <see cref="Add"/> may make NULL.</summary>
    /// <param name="time">A date or a wall clock.</param>
    /// <param name="duration">Not zero.</param>
    public virtual SqlExpression AddForEnd(SqlValue time, Duration duration) => Add(time, duration);

    /// <summary>The bucket of a key, as <see cref="SplitBucketExpression"/> says.</summary>
    public virtual SqlExpression SplitBucket(string salt, ImmutableArray<SqlValue> keys) => throw Excluded("a split of members");

    /// <summary>A part of an exact number for ordering, as <see cref="ExactOrderExpression"/> says.</summary>
    /// <param name="sum">The number.</param>
    /// <param name="count">What it is divided by; null for nothing.</param>
    /// <param name="isFraction">Which part.</param>
    /// <param name="missing">Both parts of the number where the sum is NULL, or the count is 0 or NULL; null for NULL.</param>
    public virtual SqlExpression OrderPart(SqlValue sum, SqlExpression? count, bool isFraction, (BigInteger Units, double Fraction)? missing) => throw Excluded("a rank of members");

    /// <summary>An aggregate that is TRUE where no two rows have the same value and none is NULL or outside of the range, at a fraction of the cost of grouping; null where there is none.</summary>
    /// <param name="value">An int64.</param>
    /// <param name="least">The start of the range.</param>
    /// <param name="greatest">Its end, inclusive.</param>
    public virtual SqlExpression? IsUnique(SqlExpression value, long least, long greatest) => null;

    /// <summary>A query over keys that travel as one value, with one output per column.</summary>
    /// <param name="keys">The keys, and the name of the parameter that holds them; a dialect whose protocol takes no parameters writes them as one constant.</param>
    /// <param name="storages">The physical types of the outputs; each holds its part of every key exactly.</param>
    /// <param name="names">The names of the outputs.</param>
    /// <param name="alias">An alias for what is read.</param>
    public virtual SqlSelect ReadKeys(KeyListPlan keys, ImmutableArray<StorageType> storages, ImmutableArray<string> names, string alias) => throw Excluded("keys in one value");

    /// <summary>A statement that makes a table for keys, its columns called c0, c1, …</summary>
    /// <param name="name">Its quoted name.</param>
    /// <param name="storages">The types of its columns.</param>
    /// <param name="expires">When the source may forget it, where it can do that by itself.</param>
    public virtual string CreateKeyTable(string name, ImmutableArray<StorageType> storages, DateTimeOffset expires) => throw Excluded("a table of keys");

    /// <summary>The columns of a table for keys, as it is made.</summary>
    protected string KeyColumns(ImmutableArray<StorageType> storages, Func<StorageType, string> typeOf)
        => string.Join(", ", storages.Select((storage, i) => $"{QuoteIdentifier(FormattableString.Invariant($"c{i}"))} {typeOf(storage)}"));

    /// <summary>A query over the keys in a CSV file, with one output per column.</summary>
    public virtual SqlSelect ReadKeyFile(KeyFilePlan file, Func<PlanColumn, string> nameOf, string alias) => throw Excluded("a file of keys");

    /// <summary>A text constant.</summary>
    protected static SqlLiteral Text(string value) => new(new StringLiteral(value), new StoredText());

    /// <summary>What is thrown where planning sends something that the dialect's capabilities exclude: a defect of ours.</summary>
    /// <param name="what">What was asked for, for instance <c>a split of members</c>.</param>
    protected FederatedSegmentationException Excluded(string what) => SqlErrors.Unsupported(Name, what);
}

/// <summary>A value with its types.</summary>
/// <param name="Expression">The value.</param>
/// <param name="Type">The type of the language.</param>
/// <param name="Storage">The physical type.</param>
public sealed record SqlValue(SqlExpression Expression, DataType Type, StorageType Storage);
