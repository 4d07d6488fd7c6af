using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;
using FederatedSegmentation.Sql.Writing;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>Compiles a plan to one SELECT of a dialect. Filters, semi-joins and look-ups over one input share a SELECT; everything else nests.</summary>
public sealed class PlanCompiler
{
    /// <summary>The code of the error for a statement that is longer than its reader takes.</summary>
    public const string StatementTooLarge = "RES003";

    /// <summary>The name of a window's output; no column is called so.</summary>
    internal const string RowNumber = "row_number";

    /// <summary>The name of the size of a group; no column is called so.</summary>
    internal const string GroupSize = "group_size";

    private const int LongestName = 60;

    private readonly SqlDialect _dialect;
    private readonly CompileContext _context;
    private readonly ExpressionCompiler _expressions;
    private readonly ConditionCompiler _conditions;
    private readonly FilterCompiler _filters;
    private readonly BandCompiler _bands;
    private readonly ClosureCompiler _closures;
    private readonly MemberCompiler _members;
    private readonly SharedUses _uses;
    private readonly UniqueKeys _uniqueKeys;
    private readonly ValueChecks _checks;
    private readonly List<SqlCommonTable> _with = [];
    private readonly Dictionary<string, CommonTable> _common = new(StringComparer.Ordinal);
    private int _aliases;

    private PlanCompiler(LogicalPlan plan, SqlDialect dialect, CompileContext context)
    {
        _dialect = dialect;
        _context = context;
        _expressions = new ExpressionCompiler(dialect);
        _conditions = new ConditionCompiler(dialect, _expressions, context.MixedCollations);
        _bands = new BandCompiler(dialect, _conditions, _expressions, this);
        _uniqueKeys = new UniqueKeys(dialect, context.EngineTables, this);
        _filters = new FilterCompiler(dialect, _conditions, _bands, _uniqueKeys, Open, Alias);
        _closures = new ClosureCompiler(dialect, this);
        _members = new MemberCompiler(dialect, _conditions, this);
        _uses = new SharedUses(plan, context.Results);
        _checks = new ValueChecks(dialect, context, plan);
    }

    /// <summary>The names of the tables that a plan reads, as the model spells them, each once.</summary>
    public static ImmutableArray<ImmutableArray<string>> TablesOf(LogicalPlan plan)
        => [.. new SharedUses(plan, results: null).Entities.Select(entity => entity.Table).DistinctBy(parts => string.Join('\0', parts))];

    /// <summary>The statement's text.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="dialect">The dialect.</param>
    /// <param name="context">What the statement may name besides.</param>
    /// <param name="names">The names of the outputs, one per column of the plan, distinct.</param>
    /// <param name="ordered">Whether rows come in ascending order of all outputs, text by bytes.</param>
    /// <exception cref="Model.Errors.FederatedSegmentationException">RES003: the statement is longer than its reader takes.</exception>
    public static string Compile(LogicalPlan plan, SqlDialect dialect, CompileContext context, ImmutableArray<string> names, bool ordered)
    {
        var compiler = new PlanCompiler(plan, dialect, context);
        var block = compiler.Open(plan);

        // A source sends a column as it stores it; in the engine what differs from the declared type has been cast already.
        var outputs = plan.Columns
            .Select(column => compiler._expressions.As(context.EngineTables is null ? column.Storage : QueryBlock.Arriving(column), block[column]).Expression)
            .ToImmutableArray();
        var select = new SqlSelect([.. outputs.Zip(names, (value, name) => new SqlOutput(value, name))], block.From) { Where = [.. block.Where] };
        if (ordered)
        {
            select = select with
            {
                OrderBy = [.. plan.Columns.Select((column, i) => new SqlOrder(column.Type is StringType ? dialect.ByBytes(outputs[i]) : outputs[i], Descending: false))],
            };
        }

        return SqlWriter.Write(new SqlStatement([.. compiler._with], select), dialect, context.MaxStatementBytes ?? dialect.Capabilities.MaxStatementBytes);
    }

    /// <summary>Names for the outputs of a plan: the columns' own where they are unique.</summary>
    public static ImmutableArray<string> DefaultNames(LogicalPlan plan) => Names(plan.Columns);

    /// <summary>The block of a plan, to which more can be added.</summary>
    internal QueryBlock Open(LogicalPlan plan) => plan switch
    {
        ScanPlan scan => Scan(scan),
        FilterPlan filter => Filter(filter),
        ProjectPlan project => Project(project),
        DedupePlan dedupe => Dedupe(dedupe),
        DistinctPlan distinct => Distinct(distinct),
        LookupPlan lookup => Lookup(lookup),
        PairPlan pair => Pair(pair),
        AggregatePlan aggregate => Aggregate(aggregate),
        ClosurePlan closure => _closures.Compile(closure),
        FlagPlan flag => Flag(flag),
        RankPlan rank => _members.Rank(rank),
        TierPlan tier => _members.Tiers(tier),
        SetPlan set => Set(set.Inputs, set.Columns, queries => new SqlSetOperation(set.Kind, queries)),
        AppendPlan append => Set(append.Inputs, append.Columns, queries => new SqlUnionAll(queries)),
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
            var block = new QueryBlock(new SqlTable(_dialect.QuoteName(_context.TableName?.Invoke(scan.Entity.Table) ?? scan.Entity.Table), alias));
            for (var i = 0; i < scan.Columns.Length; i++)
            {
                var stored = new SqlColumn(alias, scan.Sources[i].SourceName);
                block.Add(scan.Columns[i], _dialect.ScanOutput(stored, scan.Columns[i]), scan.Columns[i].Storage);
                _checks.CheckRow(block, scan.Columns[i], stored);
            }

            return block;
        }

        return ScanEngine(tables.TableOf(scan.Entity), scan, alias);
    }

    // Bare columns are read in place, so that filters and joins stand beside them; what has to be converted is converted once, in a SELECT of its own.
    private QueryBlock ScanEngine(EngineTable table, ScanPlan scan, string alias)
    {
        var expressions = scan.Sources.Select(source => table.Expressions[source.Name]).ToImmutableArray();
        if (expressions.All(expression => _dialect.IsBareColumn(expression)))
        {
            var block = new QueryBlock(new SqlTable(table.Relation, alias));
            for (var i = 0; i < scan.Columns.Length; i++)
            {
                block.Add(scan.Columns[i], new SqlTemplate([$"{alias}.{expressions[i]}"], []), QueryBlock.Arriving(scan.Columns[i]));
            }

            return block;
        }

        var names = Names(scan.Columns);
        var outputs = expressions.Select((expression, i) => new SqlOutput(new SqlTemplate([expression], []), names[i]));
        return Derived(new SqlSelect([.. outputs], new SqlTable(table.Relation, alias)), scan.Columns, names, QueryBlock.Arriving, out _);
    }

    private QueryBlock Filter(FilterPlan filter)
    {
        var block = Open(filter.Input);
        var conjuncts = filter.Predicate is AndPlan and ? and.Items : [filter.Predicate];
        _filters.Apply(new AndPlan([.. conjuncts.Where(conjunct => BandOf(conjunct) is null && !_uniqueKeys.IsKnown(conjunct, filter.Input))]), block);
        foreach (var (match, negated) in conjuncts.Select(BandOf).OfType<(MatchPlan, bool)>())
        {
            block = _bands.Filter(block, filter.Columns, match, match.Band!, negated);
        }

        return block;
    }

    private static (MatchPlan Match, bool Negated)? BandOf(PlanPredicate conjunct) => conjunct switch
    {
        MatchPlan { Band: not null } match => (match, false),
        NotPlan { Item: MatchPlan { Band: not null } match } => (match, true),
        _ => null,
    };

    private QueryBlock Flag(FlagPlan flag)
    {
        var block = Open(flag.Input);
        var condition = _filters.Condition(flag.Predicate, negated: false, block);
        block.Add(flag.Flag, new SqlCase(condition, new SqlLiteral(new Int64Literal(1), new StoredInteger()), Else: null), new StoredInteger());
        return block;
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
        var number = new SqlWindow(
            new SqlCall("row_number", []),
            [.. dedupe.Keys.Select(key => input[key].Expression), .. TextGroups.Of(_dialect, dedupe.Keys.Select(key => input[key]))],
            [.. dedupe.Order.Select(order => new SqlOrder(Sortable(input[order.Column]), order.Descending))]);
        var select = Select(input, dedupe.Columns, names);
        var block = Derived(select with { Outputs = select.Outputs.Add(new SqlOutput(number, RowNumber)) }, dedupe.Columns, names, column => input[column].Storage, out var alias);
        block.Where.Add(new SqlComparison(ComparisonOperator.Equal, new SqlColumn(alias, RowNumber), new SqlLiteral(new Int64Literal(1), new StoredInteger())));
        return block;
    }

    /// <summary>A value as it sorts: text by bytes, NaN as NULL.</summary>
    internal SqlExpression Sortable(SqlValue value) => value.Type switch
    {
        StringType => _dialect.ByBytes(value.Expression),
        Float64Type => _dialect.NanAsNull(value.Expression),
        _ => value.Expression,
    };

    private QueryBlock Distinct(DistinctPlan distinct)
    {
        var input = Open(distinct.Input);
        var names = Names(distinct.Columns);
        var select = Select(input, distinct.Sources, names) with { Distinct = !_uniqueKeys.IsKnown(distinct) };
        select = select with { Outputs = [.. select.Outputs, .. TextGroups.Outputs(_dialect, distinct.Sources.Select(source => input[source]))] };
        var storages = distinct.Columns.Zip(distinct.Sources).ToDictionary(pair => pair.First.Id, pair => input[pair.Second].Storage);
        SqlQuery query = select.Distinct && _uniqueKeys.Condition(distinct) is { } isUnique
            ? new SqlSetOperation(
                SetKind.Union,
                [select with { Distinct = false, Where = select.Where.Add(isUnique) }, select with { Where = select.Where.Add(ConditionCompiler.Complement(isUnique)) }],
                KeepsDuplicates: true)
            : select;
        return Derived(query, distinct.Columns, names, column => storages[column.Id], out _);
    }

    private QueryBlock Lookup(LookupPlan lookup)
    {
        var block = Open(lookup.Input);
        var build = Open(lookup.Build);
        var columns = lookup.Keys.Select(key => key.Build).Concat(lookup.Added).DistinctBy(column => column.Id).ToImmutableArray();
        var names = Names(columns);
        var alias = Alias();
        var values = columns.Select((column, i) => (column.Id, Value: build[column] with { Expression = new SqlColumn(alias, names[i]) })).ToDictionary(pair => pair.Id, pair => pair.Value);
        block.Join(
            SqlJoinKind.Left,
            new SqlDerived(Select(build, columns, names), alias),
            lookup.Keys.SelectMany(key => _conditions.Key(key, block[key.Probe], values[key.Build.Id])));
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

        left.Join(SqlJoinKind.Inner, right.From, pair.Keys.SelectMany(key => _conditions.Key(key, left[key.Probe], right[key.Build])).ToList());
        left.Where.AddRange(right.Where);
        left.AddAll(right);
        return left;
    }

    private QueryBlock Aggregate(AggregatePlan aggregate)
    {
        var isSum = _checks.LeaveToSums(aggregate.Measures);
        var input = Open(aggregate.Input);
        var names = Names(aggregate.Columns);
        var groups = aggregate.GroupBy.Select(column => input[column].Expression).ToImmutableArray();
        var storages = aggregate.Columns.Take(groups.Length).Zip(aggregate.GroupBy).ToDictionary(pair => pair.First.Id, pair => input[pair.Second].Storage);
        var isOfOneRow = _uniqueKeys.IsKnown(aggregate) && aggregate.Measures.All(measure => measure.Function is MeasureFunction.Count or MeasureFunction.Any);
        var measures = aggregate.Measures.Select((measure, i) =>
        {
            var output = aggregate.Columns[groups.Length + i];
            var value = measure.Input is { } expression ? _expressions.Compile(expression, input) : null;
            storages[output.Id] = measure.Function is MeasureFunction.Minimum or MeasureFunction.Maximum or MeasureFunction.Any ? value!.Storage : QueryBlock.Arriving(output);
            return isOfOneRow ? value?.Expression ?? new SqlLiteral(new Int64Literal(1), new StoredInteger()) : _dialect.Aggregate(measure.Function, value, storages[output.Id]);
        }).ToImmutableArray();
        var outputs = groups.Concat(measures).Select((value, i) => new SqlOutput(value, names[i]));
        var select = new SqlSelect([.. outputs], input.From) 
        {
            Where = [.. input.Where],
            GroupBy = isOfOneRow ? [] : [.. groups, .. TextGroups.Of(_dialect, aggregate.GroupBy.Select(column => input[column]))],
        };
        var block = Derived(select, aggregate.Columns, names, column => storages[column.Id], out _);
        foreach (var sum in aggregate.Columns.Skip(groups.Length).Where((_, i) => isSum[i]))
        {
            _checks.Check(block, sum, block[sum].Expression);
        }

        return block;
    }

    private QueryBlock Set(ImmutableArray<LogicalPlan> plans, ImmutableArray<PlanColumn> columns, Func<ImmutableArray<SqlQuery>, SqlQuery> combine)
    {
        var names = Names(columns);
        var inputs = plans.Select(input => (Block: Open(input), input.Columns)).ToList();
        var storages = columns.Select((column, i) => Common(column.Type, [.. inputs.Select(input => input.Block[input.Columns[i]].Storage)])).ToImmutableArray();
        var queries = inputs.Select(SqlQuery (input) => new SqlSelect(
            [
                .. input.Columns.Select((column, i) => new SqlOutput(SetInput(storages[i], input.Block[column]), names[i])),
                .. TextGroups.Outputs(_dialect, input.Columns.Select(column => input.Block[column])),
            ],
            input.Block.From)
        {
            Where = [.. input.Block.Where],
        }).ToImmutableArray();
        var byId = columns.Zip(storages).ToDictionary(pair => pair.First.Id, pair => pair.Second);
        return Derived(queries.Length == 1 ? ((SqlSelect)queries[0]) with { Distinct = true } : combine(queries), columns, names, column => byId[column.Id], out _);
    }

    private SqlExpression SetInput(StorageType storage, SqlValue value)
    {
        var expression = _expressions.As(storage, value).Expression;
        return _context.MixedCollations && value.Type is StringType ? _dialect.ByBytes(expression) : expression;
    }

    // What the engines make of columns of one type that are stored differently.
    private static StorageType Common(DataType type, ImmutableArray<StorageType> storages)
    {
        if (storages.All(storage => storage == storages[0]))
        {
            return storages[0];
        }

        if (type is not DecimalType)
        {
            return NaturalStorage.Of(type);
        }

        var shapes = storages.Select(ExactNumber.Shape).ToList();
        var scale = shapes.Max(shape => shape.Scale);
        return new StoredDecimal(Math.Min(38, shapes.Max(shape => shape.Precision - shape.Scale) + scale), scale);
    }

    private QueryBlock KeyList(KeyListPlan keys)
    {
        var names = Names(keys.Columns);
        if (keys.Passage == KeyPassage.Table)
        {
            // Columns of a table that is made for the keys are named by position.
            var place = _context.KeyTable ?? throw new InvalidOperationException("The source has no place for tables of keys.");
            return Table(_dialect.QuoteName(place(keys.PassageName!)), [.. keys.Columns.Select((_, i) => FormattableString.Invariant($"c{i}"))], keys.Columns, QueryBlock.Arriving);
        }

        if (keys.Passage == KeyPassage.Array)
        {
            return Derived(_dialect.ReadKeys(keys, [.. keys.Columns.Select(QueryBlock.Arriving)], names, Alias()), keys.Columns, names, QueryBlock.Arriving, out _);
        }

        if (keys.Keys.IsEmpty)
        {
            var nothing = keys.Columns.Select((column, i) => new SqlOutput(new SqlCast(new SqlNull(), QueryBlock.Arriving(column)), names[i]));
            return Derived(new SqlSelect([.. nothing], From: null) { Where = [new SqlConstant(false)] }, keys.Columns, names, QueryBlock.Arriving, out _);
        }

        var alias = Alias();
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

    private QueryBlock Shared(SharedPlan shared) => _uses.IsRepeated(shared)
        ? CommonTableOf(shared.Name, shared.Shared, shared.Columns)
        : Inline(shared.Shared, shared.Columns);

    private QueryBlock Result(ResultPlan result)
    {
        switch (_context.Results?.Invoke(result.Name) ?? throw new InvalidOperationException($"The plan reads the result '{result.Name}', which the statement does not know."))
        {
            case TableResult table:
                return Table(table.Relation, table.Columns, result.Columns, QueryBlock.Arriving);
            case InlineResult inline:
                return _uses.IsRepeated(result) ? CommonTableOf(result.Name, inline.Plan, result.Columns) : Inline(inline.Plan, result.Columns);
            case var other:
                throw new InvalidOperationException($"Unknown relation {other.GetType().Name}.");
        }
    }

    // Read once: part of the statement like any other input.
    private QueryBlock Inline(LogicalPlan plan, ImmutableArray<PlanColumn> columns)
    {
        var block = Open(plan);
        for (var i = 0; i < columns.Length; i++)
        {
            var value = block[plan.Columns[i]];
            block.Add(columns[i], value.Expression, value.Storage);
        }

        return block;
    }

    private QueryBlock CommonTableOf(string name, LogicalPlan plan, ImmutableArray<PlanColumn> columns)
    {
        if (!_common.TryGetValue(name, out var table))
        {
            // Tables that the definition itself reads come before it.
            var block = Open(plan);
            var names = Names(plan.Columns);
            table = new CommonTable(names, [.. plan.Columns.Select(column => block[column].Storage)]);
            _with.Add(new SqlCommonTable(name, Select(block, plan.Columns, names)));
            _common.Add(name, table);
        }

        var storages = columns.Zip(table.Storages).ToDictionary(pair => pair.First.Id, pair => pair.Second);
        return Table(_dialect.QuoteIdentifier(name), table.Names, columns, column => storages[column.Id]);
    }

    /// <summary>Adds a relation that is computed once, under a name that nothing else has.</summary>
    internal void AddCommonTable(SqlCommonTable table) => _with.Add(table);

    /// <summary>Adds a relation that is computed once, under a name of its own; reading it takes an alias each time.</summary>
    internal string AddCommonTable(string stem, SqlQuery query)
    {
        var name = FormattableString.Invariant($"{stem}_{++_aliases}");
        _with.Add(new SqlCommonTable(name, query));
        return _dialect.QuoteIdentifier(name);
    }

    /// <summary>A block over a relation with the given columns.</summary>
    internal QueryBlock Table(string relation, ImmutableArray<string> names, ImmutableArray<PlanColumn> columns, Func<PlanColumn, StorageType> storage)
    {
        var alias = Alias();
        var block = new QueryBlock(new SqlTable(relation, alias));
        for (var i = 0; i < columns.Length; i++)
        {
            block.Add(columns[i], new SqlColumn(alias, names[i]), storage(columns[i]));
        }

        return block;
    }

    /// <summary>A SELECT of the columns of a block.</summary>
    internal static SqlSelect Select(QueryBlock block, ImmutableArray<PlanColumn> columns, ImmutableArray<string> names)
        => new([.. columns.Select((column, i) => new SqlOutput(block[column].Expression, names[i]))], block.From) { Where = [.. block.Where] };

    /// <summary>A block over a query in parentheses.</summary>
    internal QueryBlock Derived(SqlQuery query, ImmutableArray<PlanColumn> columns, ImmutableArray<string> names, Func<PlanColumn, StorageType> storage, out string alias)
    {
        alias = Alias();
        var block = new QueryBlock(new SqlDerived(query, alias));
        for (var i = 0; i < columns.Length; i++)
        {
            block.Add(columns[i], new SqlColumn(alias, names[i]), storage(columns[i]));
        }

        return block;
    }

    // The logical names where they are unique, since engines fold case, and where no engine cuts them short.
    internal static ImmutableArray<string> Names(ImmutableArray<PlanColumn> columns)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { RowNumber, GroupSize, FilterCompiler.Marker };
        return [.. columns.Select(column => Encoding.UTF8.GetByteCount(column.Name) <= LongestName && column.Name.Length > 0
            && !column.Name.StartsWith(BandCompiler.NamePrefix, StringComparison.OrdinalIgnoreCase)
            && !column.Name.StartsWith(TextGroups.NamePrefix, StringComparison.OrdinalIgnoreCase) && taken.Add(column.Name)
            ? column.Name
            : Unused(taken, column))];
    }

    private static string Unused(HashSet<string> taken, PlanColumn column)
    {
        var name = FormattableString.Invariant($"column_{column.Id}");
        while (!taken.Add(name))
        {
            name += "_";
        }

        return name;
    }

    /// <summary>An alias of its own.</summary>
    internal string Alias() => FormattableString.Invariant($"t{++_aliases}");

    private sealed record CommonTable(ImmutableArray<string> Names, ImmutableArray<StorageType> Storages);
}
