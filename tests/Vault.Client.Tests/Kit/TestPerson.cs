using System.Text;
using Vault.Client.Accounts;

namespace Vault.Client.Tests.Kit;

/// <summary>One device of a person, with a home on disk. All of a test's devices live on the test's pump.</summary>
internal sealed class TestPerson : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly ClientSeams _seams;

    private TestPerson(string home, ClientSeams? seams)
    {
        Home = home;
        _seams = seams ?? Seams();
        Client = Make();
    }

    public string Home { get; }

    public VaultClient Client { get; private set; }

    public EmergencyKit? Kit { get; private set; }

    /// <summary>From the next restart on. Null: the default.</summary>
    public long? FormerValueBytes { get; set; }

    /// <summary>From the next restart on. Null: the default.</summary>
    public TimeSpan? OutboxPatience { get; set; }

    /// <summary>From the next restart on: what else differs from the default.</summary>
    public Func<ClientOptions, ClientOptions>? Adjust { get; set; }

    public static byte[] PasswordBytes { get; } = Encoding.UTF8.GetBytes(Password);

    public static ClientSeams Seams() => ClientSeams.Production() with { PasswordUnlock = new FastUnlock() };

    public static async Task<TestPerson> RegisterAsync(TestRelay relay, string name, ClientSeams? seams = null)
    {
        var person = New(seams);
        person.Kit = await person.Client.Accounts.RegisterAsync(new Registration
        {
            Relay = relay.Address,
            Name = name,
            DeviceName = $"{name}'s laptop",
            PasswordUtf8 = PasswordBytes,
        });
        return person;
    }

    /// <summary>An empty home.</summary>
    public static TestPerson New(ClientSeams? seams = null)
    {
        var person = new TestPerson(Directory.CreateTempSubdirectory("vault-home-").FullName, seams);
        person.Client.Open();
        return person;
    }

    /// <summary>The same device once more, from a copy of its home while it is closed; opened, locked.</summary>
    public static TestPerson CopyOf(TestPerson person, ClientSeams? seams = null)
    {
        var home = Directory.CreateTempSubdirectory("vault-home-").FullName;
        foreach (var file in Directory.GetFiles(person.Home))
        {
            File.Copy(file, Path.Combine(home, Path.GetFileName(file)));
        }

        var copy = new TestPerson(home, seams) { Kit = person.Kit };
        copy.Client.Open();
        return copy;
    }

    public Login LoginOf(string relay, string? password = null, string? secretKey = null, bool confirm = true) => new()
    {
        Relay = relay,
        PasswordUtf8 = Encoding.UTF8.GetBytes(password ?? Password),
        SecretKey = secretKey ?? Kit!.SecretKey,
        ConfirmDevices = _ => Task.FromResult(confirm),
    };

    /// <summary>Stops the client and opens the home again, locked.</summary>
    public async Task RestartAsync()
    {
        await Client.DisposeAsync();
        Client = Make();
        Client.Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }

    private VaultClient Make()
    {
        var options = new ClientOptions { HomeDirectory = Home, CallDeadline = TimeSpan.FromSeconds(3) };
        options = OutboxPatience is { } patience ? options with { OutboxPatience = patience } : options;
        options = Adjust?.Invoke(options) ?? options;
        return new VaultClient(FormerValueBytes is { } bytes ? options with { FormerValueBytes = bytes } : options, _seams);
    }
}
