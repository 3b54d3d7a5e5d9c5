using System.CommandLine;
using Vault.Server.Hosting;

var parsed = ServerCommand.Create().Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    Console.Error.WriteLine("svault-server --help says what there is.");
    return 2;
}

// The host ends on SIGTERM by itself; a second listener would race it.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
