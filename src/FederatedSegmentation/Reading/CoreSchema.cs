using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Planning.Resolution;

namespace FederatedSegmentation.Reading;

/// <summary>The tag resolution of the YAML 1.2 core schema: which type a plain scalar has.</summary>
/// <remarks><c>NO</c>, <c>yes</c>, <c>on</c>, <c>1_000</c>, <c>1:30</c> and <c>2026-01-31</c> are strings here, unlike in YAML 1.1.</remarks>
internal static class CoreSchema
{
    /// <summary>The type of a scalar without quotes and without a tag.</summary>
    public static ScalarKind KindOf(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return ScalarKind.Null;
            case "true" or "True" or "TRUE" or "false" or "False" or "FALSE":
                return ScalarKind.Boolean;
            case ".nan" or ".NaN" or ".NAN":
                return ScalarKind.Float;
            default:
                break;
        }

        return text[0] is (>= '0' and <= '9') or '+' or '-' or '.' ? NumberKindOf(text) : ScalarKind.String;
    }

    private static ScalarKind NumberKindOf(string text)
    {
        if (text.Length > 2 && text[0] == '0' && text[1] is 'o' or 'x')
        {
            var digits = text.AsSpan(2);
            var rest = text[1] == 'o' ? digits.TrimStart("01234567") : digits.TrimStart("0123456789abcdefABCDEF");
            return rest.IsEmpty ? ScalarKind.Integer : ScalarKind.String;
        }

        var unsigned = text.AsSpan(text[0] is '+' or '-' ? 1 : 0);
        if (unsigned is ".inf" or ".Inf" or ".INF")
        {
            return ScalarKind.Float;
        }

        var whole = SkipDigits(unsigned, 0);
        if (whole == unsigned.Length)
        {
            return whole > 0 ? ScalarKind.Integer : ScalarKind.String;
        }

        var position = whole;
        if (unsigned[position] == '.')
        {
            var fraction = SkipDigits(unsigned, position + 1);
            if (whole == 0 && fraction == position + 1)
            {
                return ScalarKind.String;
            }

            position = fraction;
        }
        else if (whole == 0)
        {
            return ScalarKind.String;
        }

        if (position < unsigned.Length && unsigned[position] is 'e' or 'E')
        {
            position++;
            if (position < unsigned.Length && unsigned[position] is '+' or '-')
            {
                position++;
            }

            var exponent = SkipDigits(unsigned, position);
            if (exponent == position)
            {
                return ScalarKind.String;
            }

            position = exponent;
        }

        return position == unsigned.Length ? ScalarKind.Float : ScalarKind.String;
    }

    private static int SkipDigits(ReadOnlySpan<char> text, int start)
    {
        while (start < text.Length && char.IsAsciiDigit(text[start]))
        {
            start++;
        }

        return start;
    }
}
