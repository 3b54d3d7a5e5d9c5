using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Vault.Ipc;

namespace Vault.Agent.Process;

/// <summary>
/// Replaces this process by a new image of the same program. The kernel gives the new image fresh memory, so nothing that
/// the old one knew is left; wiping alone cannot promise that of a garbage-collected heap.
/// </summary>
internal sealed class ProcessImage(string[] arguments)
{
    private const int Failed = 70;

    /// <summary>Does not return. If the system refuses, the process ends: better no agent than one that kept its keys.</summary>
    /// <param name="variables">Set for the new image, over the present environment.</param>
    [DoesNotReturn]
    public void Replace(params IEnumerable<KeyValuePair<string, string>> variables)
    {
        try
        {
            ProgramImage.Replace(StartInfo(variables));
        }
        catch (AgentException refused)
        {
            Console.Error.WriteLine(refused.Message);
        }
        finally
        {
            LibC._exit(Failed);
        }

        throw new InvalidOperationException("Not reached: the process has ended.");
    }

    private ProcessStartInfo StartInfo(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("This process has no path.");
        var start = new ProcessStartInfo(program);
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "svault-agent.dll"));
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
