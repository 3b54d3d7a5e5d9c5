namespace Vault.Client.Tests.Kit;

/// <summary>Runs a test body on a client's pump, as production does.</summary>
internal static class Pumped
{
    // Only a failure reaches it, also on a machine that does much else.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(Func<Task> body)
    {
        using var pump = new ClientPump("test");
        await pump.InvokeAsync(body).WaitAsync(s_deadline);
    }
}
