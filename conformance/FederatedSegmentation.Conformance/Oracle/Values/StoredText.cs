using System.Globalization;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;

namespace FederatedSegmentation.Conformance.Oracle.Values;

/// <summary>Values as text: what CSV files, key files and regression cases hold.</summary>
public static class StoredText
{
    /// <summary>Reads the text of a stored value as the declared type.</summary>
    public static Value Read(string? text, DataType type)
    {
        if (text is null)
        {
            return Value.Null;
        }

        switch (type.Kind)
        {
            case TypeKind.Boolean:
                return Value.Of(text == "true");
            case TypeKind.Int64:
                return Value.Of(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
            case TypeKind.Decimal:
                return ExactNumber.WithScale(ExactNumber.Parse(text), type.Scale);
            case TypeKind.Float64:
                return Value.Of(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
            case TypeKind.String:
                return Value.Of(text);
            case TypeKind.Binary:
                return new Value.Binary(text);
        }

        var time = IsoText.Parse(text);
        var local = time.LocalMicros ?? (time.Days * CivilCalendar.MicrosPerDay);
        return type.Kind switch
        {
            TypeKind.Date => new Value.Date(time.Days),
            TypeKind.Timestamp => new Value.Timestamp(local - (time.OffsetMicros ?? 0)),
            _ => new Value.WallClock(local),
        };
    }
}
