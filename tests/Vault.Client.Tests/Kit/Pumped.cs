namespace Vault.Client.Tests.Kit;

/// <summary>Runs a test body on a client's pump, as production does.</summary>
internal static class Pumped
{
    public static async Task RunAsync(Func<Task> body)
    {
        using var pump = new ClientPump("test");
        await pump.InvokeAsync(body).WaitAsync(TimeSpan.FromSeconds(90));
    }
}
