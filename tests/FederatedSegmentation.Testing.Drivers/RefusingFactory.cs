using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FederatedSegmentation.Testing.Drivers;

/// <summary>A driver whose server refuses every SELECT in the way that the connection string describes: <c>Number</c>, <c>SqlState</c>, <c>Text</c>.</summary>
public sealed class RefusingFactory : DbProviderFactory
{
    /// <summary>The instance.</summary>
    public static readonly RefusingFactory Instance = new();

    /// <inheritdoc />
    public override DbConnection CreateConnection() => new RefusingConnection();
}

internal sealed class RefusingConnection : DbConnection
{
    private readonly DbConnectionStringBuilder _settings = [];
    private ConnectionState _state;

    [AllowNull]
    public override string ConnectionString
    {
        get => _settings.ConnectionString;
        set => _settings.ConnectionString = value;
    }

    public override string Database => "";

    public override string DataSource => "";

    public override string ServerVersion => "1";

    public override ConnectionState State => _state;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Close() => _state = ConnectionState.Closed;

    public override void Open() => _state = ConnectionState.Open;

    internal RefusedException Refusal() => new(Setting("Text"), int.Parse("0" + Setting("Number"), CultureInfo.InvariantCulture), Setting("SqlState"));

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new RefusedCommand { Connection = this };

    private string Setting(string name) => _settings.TryGetValue(name, out var value) ? (string)value : "";
}

internal sealed class RefusedCommand : DbCommand
{
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

    // What pins a session is taken.
    public override int ExecuteNonQuery() => 0;

    public override object? ExecuteScalar() => throw new NotSupportedException();

    public override void Prepare()
    {
    }

    protected override DbParameter CreateDbParameter() => throw new NotSupportedException();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw ((RefusingConnection)DbConnection!).Refusal();
}

internal sealed class RefusedException(string text, int number, string state) : DbException(text)
{
    public int Number { get; } = number;

    public override string? SqlState { get; } = state.Length == 0 ? null : state;
}
