using Xunit;

namespace FederatedSegmentation.Testing.Conformance;

/// <summary>How a vendor's manual reads the text of a statement. Written from the manuals, not from the dialects.</summary>
/// <param name="NameOpens">Opens a quoted name.</param>
/// <param name="NameCloses">Closes it; doubled inside.</param>
/// <param name="HasBackslashes">Whether a backslash in a text takes the next character along.</param>
/// <param name="HasDoubledQuotes">Whether two quotes in a text are one.</param>
/// <param name="NamesHaveBackslashes">Whether a backslash in a quoted name takes the next character along, and nothing is doubled there.</param>
/// <param name="Comments">What begins a comment.</param>
/// <param name="Substituted">What a service puts a value in the place of, wherever it stands; empty for nothing.</param>
public sealed record LexicalRules(char NameOpens, char NameCloses, bool HasBackslashes, bool HasDoubledQuotes, bool NamesHaveBackslashes, IReadOnlyList<string> Comments, string Substituted);

/// <summary>Counts the tokens of a statement: texts, quoted names, words and numbers, signs.</summary>
public static class StatementTokens
{
    /// <summary>The number of tokens. A comment, a parameter, a variable or a token without an end fails the test: no statement of ours without keys has one.</summary>
    public static int Count(string sql, LexicalRules rules)
    {
        Assert.True(rules.Substituted.Length == 0 || !sql.Contains(rules.Substituted, StringComparison.Ordinal), $"something is put in the place of {rules.Substituted}");
        var count = 0;
        for (var i = 0; i < sql.Length;)
        {
            var start = sql[i];
            if (start is ' ' or '\n')
            {
                i++;
                continue;
            }

            count++;
            Assert.DoesNotContain(rules.Comments, comment => string.CompareOrdinal(sql, i, comment, 0, comment.Length) == 0);
            if (start == '\'')
            {
                i = EndOf(sql, i + 1, '\'', rules.HasDoubledQuotes, rules.HasBackslashes);
            }
            else if (start == rules.NameOpens)
            {
                i = EndOf(sql, i + 1, rules.NameCloses, !rules.NamesHaveBackslashes, rules.NamesHaveBackslashes);
            }
            else if (char.IsAsciiLetterOrDigit(start) || start == '_')
            {
                for (i++; i < sql.Length && (char.IsAsciiLetterOrDigit(sql[i]) || sql[i] is '_' or '.'); i++)
                {
                }
            }
            else
            {
                Assert.True("()=<>+-*/,.|%[]".Contains(start, StringComparison.Ordinal), $"'{start}' (U+{(int)start:X4}) stands outside of texts and names");
                i++;
            }
        }

        return count;
    }

    private static int EndOf(string sql, int i, char quote, bool doubled, bool backslashes)
    {
        while (true)
        {
            Assert.True(i < sql.Length, "a text or a name has no end");
            if (backslashes && sql[i] == '\\')
            {
                i += 2;
            }
            else if (sql[i] != quote)
            {
                i++;
            }
            else if (doubled && i + 1 < sql.Length && sql[i + 1] == quote)
            {
                i += 2;
            }
            else
            {
                return i + 1;
            }
        }
    }
}
