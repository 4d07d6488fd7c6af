using System.Data.Common;
using FederatedSegmentation.Connectors.AdoNet.Reading;
using FederatedSegmentation.Model.Types;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>Which type of the server is read as which storage type. The readers are those of any driver.</summary>
internal static class FabricReaders
{
    /// <summary>The reader, or null where the statement yields a type that is not this storage.</summary>
    /// <param name="result">The result.</param>
    /// <param name="ordinal">The column of the result.</param>
    /// <param name="storage">What the fragment says that the column is.</param>
    internal static ColumnReader? Find(SqlDataReader result, int ordinal, StorageType storage) => Is(result.GetDataTypeName(ordinal), storage)
        ? ColumnReaders.Find(result.GetFieldType(ordinal), result.GetProviderSpecificFieldType(ordinal), storage, TryReadDecimal)
        : null;

    // Stricter than what could be read exactly: a column of another type was altered since it was described.
    private static bool Is(string type, StorageType storage) => (type, storage) is
        ("bit", StoredBoolean)
        or ("bigint" or "int" or "smallint" or "tinyint" or "decimal" or "numeric", StoredInteger)
        or ("decimal" or "numeric" or "bigint" or "int", StoredDecimal)
        or ("real", StoredFloat)
        or ("float", StoredFloat { Bits: 64 })
        or ("varchar" or "nvarchar" or "char" or "nchar", StoredText or StoredCollatedText or StoredOther)
        or ("date", StoredDate)
        or ("datetime2", StoredWallClock)
        or ("varbinary" or "binary", StoredBinary);

    // The method that all drivers have would box it.
    private static bool TryReadDecimal(DbDataReader reader, int ordinal, int scale, out Int128 unscaled) => ExactNumbers.TryUnscale(((SqlDataReader)reader).GetSqlDecimal(ordinal), scale, out unscaled);
}
