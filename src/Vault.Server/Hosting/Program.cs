using System.CommandLine;
using Vault.Server.Hosting;

return await ServerCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
