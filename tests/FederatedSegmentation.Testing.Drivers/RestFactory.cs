using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FederatedSegmentation.Testing.Drivers;

/// <summary>A small driver of BigQuery over its REST API, which gives values as ODBC drivers do: numbers as decimals, days as times of midnight. It has no times, which they round.</summary>
public sealed class RestFactory : DbProviderFactory
{
    /// <summary>The instance.</summary>
    public static readonly RestFactory Instance = new();

    /// <inheritdoc />
    public override DbConnection CreateConnection() => new RestConnection();
}

/// <summary>A connection; its string has Endpoint, Project and Token.</summary>
internal sealed class RestConnection : DbConnection
{
    private readonly DbConnectionStringBuilder _settings = [];
    private ConnectionState _state;

    [AllowNull]
    public override string ConnectionString
    {
        get => _settings.ConnectionString;
        set => _settings.ConnectionString = value;
    }

    public override string Database => (string)_settings["Project"];

    public override string DataSource => (string)_settings["Endpoint"];

    public override string ServerVersion => "2";

    public override ConnectionState State => _state;

    internal string Token => (string)_settings["Token"];

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Close() => _state = ConnectionState.Closed;

    public override void Open() => _state = ConnectionState.Open;

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new RestCommand { Connection = this };
}

/// <summary>A query, whose whole result comes with its answer.</summary>
internal sealed class RestCommand : DbCommand
{
    private static readonly HttpClient Http = new() { Timeout = Timeout.InfiniteTimeSpan };

    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; }

    protected override DbParameterCollection DbParameterCollection => throw new NotSupportedException();

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel()
    {
    }

    public override int ExecuteNonQuery() => throw new NotSupportedException();

    public override object? ExecuteScalar() => throw new NotSupportedException();

    public override void Prepare()
    {
    }

    protected override DbParameter CreateDbParameter() => throw new NotSupportedException();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        var connection = (RestConnection)DbConnection!;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{connection.DataSource}/bigquery/v2/projects/{connection.Database}/queries")
        {
            Content = new StringContent(JsonSerializer.Serialize(new { query = CommandText, useLegacySql = false, timeoutMs = 200_000 }), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", connection.Token);
        using var response = await Http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
        var root = answer.RootElement;
        if (!response.IsSuccessStatusCode)
        {
            var error = root.GetProperty("error");
            throw new RestException(error.GetProperty("errors")[0].GetProperty("reason").GetString()!, error.GetProperty("message").GetString()!);
        }

        return !root.GetProperty("jobComplete").GetBoolean() || root.TryGetProperty("pageToken", out _)
            ? throw new NotSupportedException("The result did not come whole.")
            : TableOf(root).CreateDataReader();
    }

    private static DataTable TableOf(JsonElement answer)
    {
        var table = new DataTable { Locale = CultureInfo.InvariantCulture };
        var fields = answer.GetProperty("schema").GetProperty("fields").EnumerateArray().Select(field => (Name: field.GetProperty("name").GetString(), Type: field.GetProperty("type").GetString())).ToList();
        foreach (var (name, type) in fields)
        {
            table.Columns.Add(name, TypeOf(type));
        }

        foreach (var row in answer.TryGetProperty("rows", out var rows) ? rows.EnumerateArray() : [])
        {
            table.Rows.Add([.. row.GetProperty("f").EnumerateArray().Select((cell, i) => ValueOf(cell.GetProperty("v"), fields[i].Type))]);
        }

        return table;
    }

    private static Type TypeOf(string? type) => type switch
    {
        "BOOLEAN" => typeof(bool),
        "INTEGER" => typeof(long),
        "FLOAT" => typeof(double),
        "NUMERIC" or "BIGNUMERIC" => typeof(decimal),
        "DATE" => typeof(DateTime),
        "BYTES" => typeof(byte[]),
        "STRING" => typeof(string),
        _ => throw new NotSupportedException($"A column of {type}."),
    };

    private static object ValueOf(JsonElement value, string? type)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return DBNull.Value;
        }

        var text = value.GetString()!;
        return type switch
        {
            "BOOLEAN" => bool.Parse(text),
            "INTEGER" => long.Parse(text, CultureInfo.InvariantCulture),
            "FLOAT" => text switch { "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, "NaN" => double.NaN, _ => double.Parse(text, CultureInfo.InvariantCulture) },
            "NUMERIC" or "BIGNUMERIC" => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
            "DATE" => DateTime.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            "BYTES" => Convert.FromBase64String(text),
            _ => text,
        };
    }
}

/// <summary>An error of the API: its reason stands where other drivers have their code.</summary>
/// <param name="reason">The reason.</param>
/// <param name="message">BigQuery's own words.</param>
internal sealed class RestException(string reason, string message) : DbException(message)
{
    public override string? SqlState => reason;
}
