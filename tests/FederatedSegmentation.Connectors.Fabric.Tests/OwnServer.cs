using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>A local server of one class of tests, which run one after the other and may ask it for anything.</summary>
public sealed class OwnServer : IAsyncLifetime
{
    private WarehouseServer? _server;

    /// <summary>The server, which has forgotten faults, the log and its settings.</summary>
    internal async Task<WarehouseServer> FreshAsync()
    {
        _server ??= await WarehouseServer.StartAsync("fabric", [], default);
        await _server.Control.ResetAsync(default);
        return _server;
    }

    /// <inheritdoc />
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
