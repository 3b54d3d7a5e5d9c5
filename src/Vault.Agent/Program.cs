using System.Security.Cryptography;
using Vault.Agent;
using Vault.Agent.Process;
using Vault.Ipc;
using Vault.Ipc.V1;

AgentOptions? options;
try
{
    options = AgentOptions.Parse(args);
}
catch (AgentException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return (int)failure.Code;
}

if (options is null or { Help: true })
{
    await (options is null ? Console.Error : Console.Out).WriteLineAsync(AgentOptions.Usage);
    return options is null ? (int)ExitCode.Usage : 0;
}

var image = new ProcessImage(args);
if (!ProcessHardening.DiagnosticsAreOff && !OperatingSystem.IsWindows())
{
    ProcessHardening.RemoveDiagnosticsSocket();
    image.Replace(ProcessHardening.DiagnosticsOff);
}

try
{
    ProcessHardening.Apply();
    var paths = VaultPaths.Of(options.Profile);
    paths.Prepare();
    if (options.Detach)
    {
        Detachment.Begin(paths);
    }

    return await AgentProgram.RunAsync(paths, options.Detach, image, TimeProvider.System, RandomNumberGenerator.GetBytes(16));
}
catch (AgentException failure)
{
    return Fail((int)failure.Code, failure.Message);
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
{
    await Console.Error.WriteLineAsync(failure.ToString());
    return Fail((int)ExitCode.Error, failure.Message);
}

int Fail(int code, string message)
{
    if (options.Detach)
    {
        Detachment.Report($"{AgentContract.FailedPrefix}{code} {message.ReplaceLineEndings(" ")}");
    }
    else
    {
        Console.Error.WriteLine(message);
    }

    return code;
}
