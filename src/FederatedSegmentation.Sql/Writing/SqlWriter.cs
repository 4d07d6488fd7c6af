using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Writing;

/// <summary>Writes a statement's tree as text, one clause a line. Nothing else makes SQL text of a tree.</summary>
public sealed class SqlWriter
{
    private readonly SqlDialect _dialect;
    private readonly StringBuilder _text = new();
    private int _depth;

    private SqlWriter(SqlDialect dialect) => _dialect = dialect;

    /// <summary>Writes a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="dialect">The dialect.</param>
    /// <param name="maxBytes">The limit in bytes of UTF-8.</param>
    /// <exception cref="Model.Errors.FederatedSegmentationException">The text is longer than the limit (RES003), or the dialect cannot write a literal.</exception>
    public static string Write(SqlStatement statement, SqlDialect dialect, int maxBytes)
    {
        var writer = new SqlWriter(dialect);
        writer.Write(statement);
        var sql = writer._text.ToString();
        var bytes = Encoding.UTF8.GetByteCount(sql);
        return bytes <= maxBytes ? sql : throw SqlErrors.StatementTooLarge(dialect.Name, bytes, maxBytes);
    }

    /// <summary>Writes one value, for a dialect's own templates and for messages.</summary>
    public static string Write(SqlExpression expression, SqlDialect dialect)
    {
        var writer = new SqlWriter(dialect);
        writer.Write(expression);
        return writer._text.ToString();
    }

    private void Write(SqlStatement statement)
    {
        for (var i = 0; i < statement.With.Length; i++)
        {
            _text.Append(i == 0 ? "WITH " : ", ").Append(_dialect.QuoteIdentifier(statement.With[i].Name)).Append(_dialect.CommonTableAs);
            Nested(statement.With[i].Query);
            Line();
        }

        Write(statement.Body);
    }

    private void Write(SqlQuery query)
    {
        switch (query)
        {
            case SqlSelect select:
                Write(select);
                break;
            case SqlSetOperation operation:
                for (var i = 0; i < operation.Inputs.Length; i++)
                {
                    if (i > 0)
                    {
                        Line().Append(operation.Kind switch { SetKind.Union when operation.KeepsDuplicates => "UNION ALL ", SetKind.Union => "UNION ", SetKind.Intersect => "INTERSECT ", _ => "EXCEPT " })
                            .Append(_dialect.SpellsDistinctSets && !operation.KeepsDuplicates ? "DISTINCT " : string.Empty);
                    }

                    Nested(operation.Inputs[i]);
                }

                break;
            case SqlUnionAll union:
                for (var i = 0; i < union.Inputs.Length; i++)
                {
                    if (i > 0)
                    {
                        Line().Append("UNION ALL ");
                    }

                    Nested(union.Inputs[i]);
                }

                break;
            default:
                throw new InvalidOperationException($"{query.GetType().Name} is not a query.");
        }
    }

    private void Write(SqlSelect select)
    {
        _text.Append(select.Distinct ? "SELECT DISTINCT " : "SELECT ");
        if (select.Limit is { } top && _dialect.LimitsByTop)
        {
            _text.Append(CultureInfo.InvariantCulture, $"TOP ({top}) ");
        }

        List(select.Outputs, output =>
        {
            Write(output.Value);
            _text.Append(" AS ").Append(_dialect.QuoteIdentifier(output.Name));
        });
        if (select.From is not null)
        {
            Line().Append("FROM ");
            Write(select.From);
        }
        else if (!select.Where.IsEmpty && _dialect.OneRow is { } row)
        {
            Line().Append("FROM ").Append(row);
        }

        Clause("WHERE ", select.Where);
        if (!select.GroupBy.IsEmpty)
        {
            Line().Append("GROUP BY ");
            List(select.GroupBy, Write);
        }

        if (!select.OrderBy.IsEmpty)
        {
            Line();
            Write(select.OrderBy);
        }

        if (select.Limit is { } limit && !_dialect.LimitsByTop)
        {
            Line().Append("LIMIT ").Append(limit.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void Write(ImmutableArray<SqlOrder> order)
    {
        _text.Append("ORDER BY ");
        List(order, item =>
        {
            if (!_dialect.HasNullsLast)
            {
                _text.Append("CASE WHEN ");
                Write(item.Value);
                _text.Append(" IS NULL THEN 1 ELSE 0 END, ");
            }

            Write(item.Value);
            _text.Append(item.Descending ? " DESC" : " ASC").Append(_dialect.HasNullsLast ? " NULLS LAST" : string.Empty);
        });
    }

    private void Write(SqlRelation relation)
    {
        switch (relation)
        {
            case SqlTable table:
                _text.Append(table.Text).Append(" AS ").Append(table.Alias);
                break;
            case SqlDerived derived:
                Nested(derived.Query);
                _text.Append(" AS ").Append(derived.Alias);
                break;
            case SqlValues values when !_dialect.HasValues:
                _text.Append("UNNEST([");
                List(values.Rows, row =>
                {
                    _text.Append("STRUCT(");
                    List([.. row.Zip(values.Names)], cell =>
                    {
                        Write(cell.First);
                        _text.Append(" AS ").Append(_dialect.QuoteIdentifier(cell.Second));
                    });
                    _text.Append(')');
                });
                _text.Append("]) AS ").Append(values.Alias);
                break;
            case SqlValues values:
                _text.Append("(VALUES ");
                List(values.Rows, row =>
                {
                    _text.Append('(');
                    List(row, Write);
                    _text.Append(')');
                });
                _text.Append(") AS ").Append(values.Alias).Append('(');
                List(values.Names, name => _text.Append(_dialect.QuoteIdentifier(name)));
                _text.Append(')');
                break;
            case SqlJoin join:
                Write(join.Left);
                Line().Append(join.Kind switch
                {
                    SqlJoinKind.Inner => "JOIN ",
                    SqlJoinKind.Left => "LEFT JOIN ",
                    SqlJoinKind.Semi => "SEMI JOIN ",
                    _ => "ANTI JOIN ",
                });
                Write(join.Right);
                _text.Append(" ON ");
                Separated(join.On, " AND ");
                break;
            default:
                throw new InvalidOperationException($"{relation.GetType().Name} is not a relation.");
        }
    }

    private void Write(SqlExpression expression)
    {
        switch (expression)
        {
            case SqlColumn column:
                _text.Append(column.Table).Append('.').Append(_dialect.QuoteIdentifier(column.Name));
                break;
            case SqlLiteral literal:
                _text.Append(_dialect.WriteLiteral(literal.Value, literal.Storage));
                break;
            case SqlNull:
                _text.Append("NULL");
                break;
            case SqlCast cast:
                _text.Append(cast.OrNull ? "TRY_CAST(" : "CAST(");
                Write(cast.Value);
                _text.Append(" AS ").Append(_dialect.TypeName(cast.Storage)).Append(')');
                break;
            case SqlCall call:
                _text.Append(call.Function).Append(call.Star ? "(*" : call.Distinct ? "(DISTINCT " : "(");
                List(call.Arguments, Write);
                _text.Append(')');
                break;
            case SqlArithmetic arithmetic:
                _text.Append('(');
                Write(arithmetic.Left);
                _text.Append(' ').Append(arithmetic.Sign).Append(' ');
                Write(arithmetic.Right);
                _text.Append(')');
                break;
            case SqlCase decision:
                _text.Append("CASE WHEN ");
                Write(decision.When, inside: false);
                _text.Append(" THEN ");
                Write(decision.Then);
                if (decision.Else is not null)
                {
                    _text.Append(" ELSE ");
                    Write(decision.Else);
                }

                _text.Append(" END");
                break;
            case SqlSearchedCase decisions:
                _text.Append("CASE");
                foreach (var (when, then) in decisions.Branches)
                {
                    _text.Append(" WHEN ");
                    Write(when, inside: false);
                    _text.Append(" THEN ");
                    Write(then);
                }

                if (decisions.Else is not null)
                {
                    _text.Append(" ELSE ");
                    Write(decisions.Else);
                }

                _text.Append(" END");
                break;
            case SqlWindow window:
                Write(window.Function);
                _text.Append(" OVER (");
                if (!window.PartitionBy.IsEmpty)
                {
                    _text.Append("PARTITION BY ");
                    List(window.PartitionBy, Write);
                }

                if (!window.OrderBy.IsEmpty)
                {
                    _text.Append(window.PartitionBy.IsEmpty ? string.Empty : " ");
                    Write(window.OrderBy);
                }
                else if (window.Function.Arguments.IsEmpty && !window.Function.Star && _dialect.AnyOrder is { } any)
                {
                    _text.Append(window.PartitionBy.IsEmpty ? "ORDER BY " : " ORDER BY ");
                    Write(any);
                }

                _text.Append(')');
                break;
            case SqlTemplate template:
                for (var i = 0; i < template.Arguments.Length; i++)
                {
                    _text.Append(template.Pieces[i]);
                    Write(template.Arguments[i]);
                }

                _text.Append(template.Pieces[^1]);
                break;
            default:
                throw new InvalidOperationException($"{expression.GetType().Name} is not a value.");
        }
    }

    /// <param name="condition">The predicate.</param>
    /// <param name="inside">Whether an operator stands beside it, so that AND and OR need parentheses.</param>
    private void Write(SqlCondition condition, bool inside)
    {
        switch (condition)
        {
            case SqlConstant constant:
                _text.Append(constant.Value ? "1 = 1" : "1 = 0");
                break;
            case SqlAnd and:
                Joined(and.Items, " AND ", inside);
                break;
            case SqlOr or:
                Joined(or.Items, " OR ", inside);
                break;
            case SqlNot not:
                _text.Append("NOT (");
                Write(not.Item, inside: false);
                _text.Append(')');
                break;
            case SqlIsNotTrue complement:
                _text.Append(_dialect.IsNotTrue.Before);
                Write(complement.Item, inside: false);
                _text.Append(_dialect.IsNotTrue.Behind);
                break;
            case SqlComparison comparison:
                Write(comparison.Left);
                _text.Append(Sign(comparison.Operator));
                Write(comparison.Right);
                break;
            case SqlNotDistinct equal:
                Write(equal.Left);
                _text.Append(" IS NOT DISTINCT FROM ");
                Write(equal.Right);
                break;
            case SqlIn list:
                Write(list.Value);
                _text.Append(list.Negated ? " NOT IN (" : " IN (");
                List(list.Items, Write);
                _text.Append(')');
                break;
            case SqlIsNull test:
                Write(test.Value);
                _text.Append(test.Negated ? " IS NOT NULL" : " IS NULL");
                break;
            case SqlExists exists:
                _text.Append(exists.Negated ? "NOT EXISTS " : "EXISTS ");
                Nested(exists.Query);
                break;
            case SqlIsTrue value:
                Write(value.Value);
                break;
            default:
                throw new InvalidOperationException($"{condition.GetType().Name} is not a predicate.");
        }
    }

    private static string Sign(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => " = ",
        ComparisonOperator.NotEqual => " <> ",
        ComparisonOperator.Less => " < ",
        ComparisonOperator.LessOrEqual => " <= ",
        ComparisonOperator.Greater => " > ",
        _ => " >= ",
    };

    private void Clause(string keyword, ImmutableArray<SqlCondition> conditions)
    {
        if (!conditions.IsEmpty)
        {
            Line().Append(keyword);
            Separated(conditions, " AND ");
        }
    }

    private void Joined(ImmutableArray<SqlCondition> items, string separator, bool inside)
    {
        if (inside)
        {
            _text.Append('(');
        }

        Separated(items, separator);
        if (inside)
        {
            _text.Append(')');
        }
    }

    private void Separated(ImmutableArray<SqlCondition> items, string separator)
    {
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0)
            {
                _text.Append(separator);
            }

            Write(items[i], inside: items.Length > 1 || separator == " AND ");
        }
    }

    private void List<T>(ImmutableArray<T> items, Action<T> write)
    {
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0)
            {
                _text.Append(", ");
            }

            write(items[i]);
        }
    }

    private void Nested(SqlQuery query)
    {
        _text.Append('(');
        _depth++;
        Write(query);
        _depth--;
        _text.Append(')');
    }

    // Two spaces a level, but never more than eight levels: deep nesting must not multiply the text.
    private StringBuilder Line() => _text.Append('\n').Append(' ', 2 * Math.Min(_depth, 8));
}
