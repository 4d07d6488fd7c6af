using FederatedSegmentation.Gateway;
using FederatedSegmentation.Gateway.CommandLine;

using var interruption = new Interruption(TimeProvider.System);
return await CommandHost.RunAsync(args, Terminal.OfProcess(), TimeProvider.System, Composition.Open, interruption.Token).ConfigureAwait(false);
