using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;
using FederatedSegmentation.Sql.Writing;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>Compiles a plan to one SELECT of a dialect. Filters, semi-joins and look-ups over one input share a SELECT; everything else nests.</summary>
public sealed class PlanCompiler
{
    private readonly SqlDialect _dialect;
    private readonly CompileContext _context;
    private readonly ExpressionCompiler _expressions;
    private readonly ConditionCompiler _conditions;
    private readonly List<SqlCommonTable> _with = [];
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);
    private int _aliases;

    private PlanCompiler(SqlDialect dialect, CompileContext context)
    {
        _dialect = dialect;
        _context = context;
        _expressions = new ExpressionCompiler(dialect);
        _conditions = new ConditionCompiler(dialect, _expressions);
    }

    /// <summary>The statement's text.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="dialect">The dialect.</param>
    /// <param name="context">What the statement may name besides.</param>
    /// <param name="names">The names of the outputs, one per column of the plan, distinct.</param>
    /// <param name="ordered">Whether rows come in ascending order of all outputs, text by bytes.</param>
    /// <exception cref="Model.Errors.FederatedSegmentationException">RES003: the statement is longer than its reader takes.</exception>
    public static string Compile(LogicalPlan plan, SqlDialect dialect, CompileContext context, ImmutableArray<string> names, bool ordered)
    {
        var compiler = new PlanCompiler(dialect, context);
        var block = compiler.Open(plan);
        var select = Select(block, plan.Columns, names);
        if (ordered)
        {
            select = select with { OrderBy = [.. plan.Columns.Select(column => new SqlOrder(column.Type is StringType ? dialect.ByBytes(block[column].Expression) : block[column].Expression, Descending: false))] };
        }

        return SqlWriter.Write(new SqlStatement([.. compiler._with], select), dialect, context.MaxStatementBytes ?? dialect.Capabilities.MaxStatementBytes);
    }

    private QueryBlock Open(LogicalPlan plan) => plan switch
    {
        ScanPlan scan => Scan(scan),
        FilterPlan filter => Filter(filter),
        ProjectPlan project => Project(project),
        DedupePlan dedupe => Dedupe(dedupe),
        DistinctPlan distinct => Distinct(distinct),
        LookupPlan lookup => Lookup(lookup),
        PairPlan pair => Pair(pair),
        AggregatePlan aggregate => Aggregate(aggregate),
        SetPlan set => Set(set),
        KeyListPlan keys => KeyList(keys),
        KeyFilePlan file => KeyFile(file),
        SharedPlan shared => Shared(shared),
        ResultPlan result => Result(result),
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, "Unknown plan."),
    };

    private QueryBlock Scan(ScanPlan scan)
    {
        var alias = Alias();
        if (_context.EngineTables is not { } tables)
        {
            var block = new QueryBlock(new SqlTable(_dialect.QuoteName(scan.Entity.Table), alias));
            for (var i = 0; i < scan.Columns.Length; i++)
            {
                block.Add(scan.Columns[i], _dialect.ScanOutput(new SqlColumn(alias, scan.Sources[i].SourceName), scan.Columns[i]), scan.Columns[i].Storage);
            }

            return block;
        }

        var table = tables.TableOf(scan.Entity);
        var names = Names(scan.Columns);
        var outputs = scan.Sources.Select((source, i) => new SqlOutput(new SqlTemplate([table.Expressions[source.Name]], []), names[i]));
        var derived = new QueryBlock(new SqlDerived(new SqlSelect([.. outputs], new SqlTable(table.Relation, Alias())), alias));
        for (var i = 0; i < scan.Columns.Length; i++)
        {
            derived.Add(scan.Columns[i], new SqlColumn(alias, names[i]), QueryBlock.Arriving(scan.Columns[i]));
        }

        return derived;
    }

    private QueryBlock Filter(FilterPlan filter)
    {
        var block = Open(filter.Input);
        foreach (var conjunct in filter.Predicate is AndPlan and ? and.Items : [filter.Predicate])
        {
            switch (conjunct)
            {
                case MatchPlan match:
                    Semi(block, match, negated: false);
                    break;
                case NotPlan { Item: MatchPlan match }:
                    Semi(block, match, negated: true);
                    break;
                default:
                    block.Where.Add(Condition(conjunct, block));
                    break;
            }
        }

        return block;
    }

    private SqlCondition Condition(PlanPredicate predicate, QueryBlock block) => predicate switch
    {
        ConstantPlan constant => new SqlConstant(constant.Value),
        AndPlan and => new SqlAnd([.. and.Items.Select(item => Condition(item, block))]),
        OrPlan or => new SqlOr([.. or.Items.Select(item => Condition(item, block))]),
        NotPlan { Item: MatchPlan match } => new SqlIsNull(Mark(block, match), Negated: false),
        NotPlan not => new SqlIsNotTrue(Condition(not.Item, block)),
        MatchPlan match => new SqlIsNull(Mark(block, match), Negated: true),
        LeafPlan leaf => _conditions.Leaf(leaf, block),
        _ => throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate."),
    };

    private void Semi(QueryBlock block, MatchPlan match, bool negated)
    {
        if (_dialect.HasSemiJoin)
        {
            var (relation, keys) = Keys(match, distinct: false);
            block.Join(negated ? SqlJoinKind.Anti : SqlJoinKind.Semi, relation, match.Keys.Select((key, i) => _conditions.Key(key, block[key.Probe], keys[i])));
            return;
        }

        var build = Open(match.Build);
        var conditions = build.Where.Concat(match.Keys.Select(key => _conditions.Key(key, block[key.Probe], build[key.Build])));
        var one = new SqlOutput(new SqlLiteral(new Int64Literal(1), new StoredInteger()), "found");
        block.Where.Add(new SqlExists(new SqlSelect([one], build.From) { Where = [.. conditions] }, negated));
    }

    // A mark join: every row stays, and a marker that is not NULL says that its keys were found. The build side is distinct, so no row is multiplied.
    private SqlColumn Mark(QueryBlock block, MatchPlan match)
    {
        var (relation, keys) = Keys(match, distinct: true);
        block.Join(SqlJoinKind.Left, relation, match.Keys.Select((key, i) => _conditions.Key(key, block[key.Probe], keys[i])));
        return new SqlColumn(((SqlDerived)relation).Alias, Marker);
    }

    private const string Marker = "found";

    private (SqlRelation Relation, ImmutableArray<SqlValue> Keys) Keys(MatchPlan match, bool distinct)
    {
        var build = Open(match.Build);
        var alias = Alias();
        var names = match.Keys.Select((_, i) => FormattableString.Invariant($"k{i}")).ToImmutableArray();
        var outputs = match.Keys.Select((key, i) => new SqlOutput(build[key.Build].Expression, names[i]));
        if (distinct)
        {
            outputs = outputs.Append(new SqlOutput(new SqlLiteral(new Int64Literal(1), new StoredInteger()), Marker));
        }

        var select = new SqlSelect([.. outputs], build.From) { Where = [.. build.Where], Distinct = distinct };
        return (new SqlDerived(select, alias), [.. match.Keys.Select((key, i) => build[key.Build] with { Expression = new SqlColumn(alias, names[i]) })]);
    }

    private QueryBlock Project(ProjectPlan project)
    {
        var block = Open(project.Input);
        var values = project.Expressions.Select(expression => _expressions.Compile(expression, block)).ToList();
        for (var i = 0; i < values.Count; i++)
        {
            block.Add(project.Columns[i], values[i].Expression, values[i].Storage);
        }

        return block;
    }

    private QueryBlock Dedupe(DedupePlan dedupe)
    {
        var input = Open(dedupe.Input);
        var names = Names(dedupe.Columns);
        var number = new SqlRowNumber(
            [.. dedupe.Keys.Select(key => input[key].Expression)],
            [.. dedupe.Order.Select(order => new SqlOrder(Sortable(input[order.Column]), order.Descending))]);
        var select = Select(input, dedupe.Columns, names);
        var block = Derived(select with { Outputs = select.Outputs.Add(new SqlOutput(number, "row_number")) }, dedupe.Columns, names, column => input[column].Storage, out var alias);
        block.Where.Add(new SqlComparison(ComparisonOperator.Equal, new SqlColumn(alias, "row_number"), new SqlLiteral(new Int64Literal(1), new StoredInteger())));
        return block;
    }

    private SqlExpression Sortable(SqlValue value) => value.Type switch
    {
        StringType => _dialect.ByBytes(value.Expression),
        Float64Type => _dialect.NanAsNull(value.Expression),
        _ => value.Expression,
    };

    private QueryBlock Distinct(DistinctPlan distinct)
    {
        var input = Open(distinct.Input);
        var names = Names(distinct.Columns);
        var select = Select(input, distinct.Sources, names) with { Distinct = true };
        var storages = distinct.Columns.Zip(distinct.Sources).ToDictionary(pair => pair.First.Id, pair => input[pair.Second].Storage);
        return Derived(select, distinct.Columns, names, column => storages[column.Id], out _);
    }

    private QueryBlock Lookup(LookupPlan lookup)
    {
        var block = Open(lookup.Input);
        var build = Open(lookup.Build);
        var names = Names(lookup.Build.Columns);
        var alias = Alias();
        var values = lookup.Build.Columns.Select((column, i) => (column.Id, Value: build[column] with { Expression = new SqlColumn(alias, names[i]) })).ToDictionary(pair => pair.Id, pair => pair.Value);
        block.Join(
            SqlJoinKind.Left,
            new SqlDerived(Select(build, lookup.Build.Columns, names), alias),
            lookup.Keys.Select(key => _conditions.Key(key, block[key.Probe], values[key.Build.Id])));
        foreach (var added in lookup.Added)
        {
            block.Add(added, values[added.Id].Expression, values[added.Id].Storage);
        }

        return block;
    }

    private QueryBlock Pair(PairPlan pair)
    {
        var left = Open(pair.Left);
        var right = Open(pair.Right);
        if (right.From is SqlJoin)
        {
            var names = Names(pair.Right.Columns);
            var joined = right;
            right = Derived(Select(joined, pair.Right.Columns, names), pair.Right.Columns, names, column => joined[column].Storage, out _);
        }

        left.Join(SqlJoinKind.Inner, right.From, pair.Keys.Select(key => _conditions.Key(key, left[key.Probe], right[key.Build])).ToList());
        left.Where.AddRange(right.Where);
        left.AddAll(right);
        return left;
    }

    private QueryBlock Aggregate(AggregatePlan aggregate)
    {
        var input = Open(aggregate.Input);
        var names = Names(aggregate.Columns);
        var groups = aggregate.GroupBy.Select(column => input[column].Expression).ToImmutableArray();
        var measures = aggregate.Measures.Select((measure, i) =>
        {
            var output = aggregate.Columns[groups.Length + i];
            return _dialect.Aggregate(measure.Function, measure.Input is { } value ? _expressions.Compile(value, input) : null, QueryBlock.Arriving(output));
        });
        var outputs = groups.Concat(measures).Select((value, i) => new SqlOutput(value, names[i]));
        var select = new SqlSelect([.. outputs], input.From) { Where = [.. input.Where], GroupBy = groups };
        var storages = aggregate.Columns.Select((column, i) => (column.Id, Storage: i < groups.Length ? input[aggregate.GroupBy[i]].Storage : QueryBlock.Arriving(column)))
            .ToDictionary(pair => pair.Id, pair => pair.Storage);
        return Derived(select, aggregate.Columns, names, column => storages[column.Id], out _);
    }

    private QueryBlock Set(SetPlan set)
    {
        var names = Names(set.Columns);
        var queries = set.Inputs.Select(SqlQuery (input) => Select(Open(input), input.Columns, names)).ToImmutableArray();
        return Derived(queries.Length == 1 ? queries[0] : new SqlSetOperation(set.Kind, queries), set.Columns, names, QueryBlock.Arriving, out _);
    }

    private QueryBlock KeyList(KeyListPlan keys)
    {
        var alias = Alias();
        var names = Names(keys.Columns);
        var rows = keys.Keys.Select(key => key.Select((part, i) => (SqlExpression)new SqlLiteral(part, QueryBlock.Arriving(keys.Columns[i]))).ToImmutableArray());
        var block = new QueryBlock(new SqlValues([.. rows], alias, names));
        for (var i = 0; i < names.Length; i++)
        {
            block.Add(keys.Columns[i], new SqlColumn(alias, names[i]), QueryBlock.Arriving(keys.Columns[i]));
        }

        return block;
    }

    private QueryBlock KeyFile(KeyFilePlan file)
    {
        var names = Names(file.Columns);
        var byId = file.Columns.Zip(names).ToDictionary(pair => pair.First.Id, pair => pair.Second);
        return Derived(_dialect.ReadKeyFile(file, column => byId[column.Id], Alias()), file.Columns, names, column => NaturalStorage.Of(column.Type), out _);
    }

    private QueryBlock Shared(SharedPlan shared)
    {
        var names = Names(shared.Shared.Columns);
        if (_shared.Add(shared.Name))
        {
            // Tables that the definition itself shares come before it.
            var definition = Select(Open(shared.Shared), shared.Shared.Columns, names);
            _with.Add(new SqlCommonTable(shared.Name, definition));
        }

        return Table(_dialect.QuoteIdentifier(shared.Name), names, shared.Columns);
    }

    private QueryBlock Result(ResultPlan result)
    {
        switch (_context.Results?.Invoke(result.Name) ?? throw new InvalidOperationException($"The plan reads the result '{result.Name}', which the statement does not know."))
        {
            case TableResult table:
                return Table(table.Relation, table.Columns, result.Columns);
            case InlineResult inline:
                var block = Open(inline.Plan);
                for (var i = 0; i < result.Columns.Length; i++)
                {
                    var value = block[inline.Plan.Columns[i]];
                    block.Add(result.Columns[i], value.Expression, value.Storage);
                }

                return block;
            case var other:
                throw new InvalidOperationException($"Unknown relation {other.GetType().Name}.");
        }
    }

    private QueryBlock Table(string relation, ImmutableArray<string> names, ImmutableArray<PlanColumn> columns)
    {
        var alias = Alias();
        var block = new QueryBlock(new SqlTable(relation, alias));
        for (var i = 0; i < columns.Length; i++)
        {
            block.Add(columns[i], new SqlColumn(alias, names[i]), QueryBlock.Arriving(columns[i]));
        }

        return block;
    }

    private static SqlSelect Select(QueryBlock block, ImmutableArray<PlanColumn> columns, ImmutableArray<string> names)
        => new([.. columns.Select((column, i) => new SqlOutput(block[column].Expression, names[i]))], block.From) { Where = [.. block.Where] };

    private QueryBlock Derived(SqlQuery query, ImmutableArray<PlanColumn> columns, ImmutableArray<string> names, Func<PlanColumn, StorageType> storage, out string alias)
    {
        alias = Alias();
        var block = new QueryBlock(new SqlDerived(query, alias));
        for (var i = 0; i < columns.Length; i++)
        {
            block.Add(columns[i], new SqlColumn(alias, names[i]), storage(columns[i]));
        }

        return block;
    }

    // The logical names where they are unique; engines fold case.
    private static ImmutableArray<string> Names(ImmutableArray<PlanColumn> columns)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "row_number", Marker };
        return [.. columns.Select(column => taken.Add(column.Name) ? column.Name : FormattableString.Invariant($"{column.Name}_{column.Id}"))];
    }

    private string Alias() => FormattableString.Invariant($"t{++_aliases}");
}
