using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.EndToEnd.Tests.People;

/// <summary>Somebody with a home of their own, who uses the command line. Disposing ends their agent.</summary>
public sealed class Person(string name, string home) : IAsyncDisposable
{
    private string? _secretKey;

    public string Name => name;

    public string Home => home;

    public string Password => $"{name} keeps four geese";

    /// <summary>As shown when they registered.</summary>
    public string SecretKey => _secretKey ?? throw new InvalidOperationException($"{name} has not registered.");

    /// <summary>Where their agent listens.</summary>
    public VaultPaths Paths => VaultPaths.Of(Profile.Default, variable => variable == "SVAULT_HOME" ? home : null);

    /// <summary>Runs <c>svault</c>, with nothing on standard input.</summary>
    public Task<Outcome> RunAsync(params string[] arguments) => TellAsync("", arguments);

    /// <summary>Runs <c>svault</c> with a text on standard input.</summary>
    public Task<Outcome> TellAsync(string input, params string[] arguments)
    {
        var start = Programs.Start(Programs.Svault, arguments);
        start.Environment["SVAULT_HOME"] = home;
        return Programs.RunAsync(start, Encoding.UTF8.GetBytes(input));
    }

    /// <summary>Runs <c>svault</c>, which must succeed.</summary>
    public async Task<Outcome> DoAsync(params string[] arguments) => (await RunAsync(arguments)).Expect(0);

    /// <summary>Runs <c>svault</c> with a text on standard input, which must succeed.</summary>
    public async Task<Outcome> DoTellingAsync(string input, params string[] arguments) => (await TellAsync(input, arguments)).Expect(0);

    public async Task RegisterAsync(string relay)
    {
        var registered = await DoTellingAsync(Password + "\n", "register", "--relay", relay, "--name", name, "--password-stdin", "--json");
        _secretKey = registered.Document.GetProperty("secretKey").GetString();
    }

    /// <summary>Makes this home another device of somebody's account.</summary>
    public async Task LogInAsync(Person owner, string relay) => await DoTellingAsync(
        $"{owner.Password}\n{owner.SecretKey}\n", "login", "--relay", relay, "--password-stdin", "--secret-key-stdin", "--yes");

    /// <summary>The replica of an agent that does not run, for who spoils it or holds it.</summary>
    public SqliteConnection OpenReplica()
    {
        var path = Path.Combine(Paths.StateDirectory, "vault", "replica.sqlite");
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public Task UnlockAsync() => DoTellingAsync(Password + "\n", "unlock", "--password-stdin");

    /// <summary>Adds a login whose password is given. The relay has it afterwards, so that others see it at their next sync.</summary>
    public async Task AddAsync(string item, string password) =>
        await DoTellingAsync(password, "add", "login", item, "--secret", "password", "--wait");

    /// <summary>Waits until a group here has come so far as somewhere else.</summary>
    public async Task ReachAsync(string group, ulong seq)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Programs.Deadline);
        while (await HeadAsync(group) < seq)
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>How far a group is verified here.</summary>
    public async Task<ulong> HeadAsync(string group)
    {
        var status = await RunAsync("status", group, "--json");
        return status.Document.GetProperty("groups")[0].GetProperty("freshness").GetProperty("verifiedSeq").GetUInt64();
    }

    /// <summary>Who this run of the agent is: its process and the image in it.</summary>
    public async Task<HandshakeResponse> AgentAsync()
    {
        using var channel = AgentChannel.TryConnect(Paths) ?? throw new InvalidOperationException($"No agent of {name} runs.");
        return await HandshakeAsync(channel);
    }

    /// <summary>kill -9 of the agent, and waits until it is gone.</summary>
    public async Task KillAgentAsync()
    {
        using var channel = AgentChannel.TryConnect(Paths) ?? throw new InvalidOperationException($"No agent of {name} runs.");
        var agent = await HandshakeAsync(channel);
        using var process = Process.GetProcessById((int)agent.ProcessId);
        process.Kill();
        await channel.Closed.WaitAsync(Programs.Deadline, TestContext.Current.CancellationToken);
    }

    /// <summary>Everything that can be read of a group here, in an order that is the same on every device.</summary>
    public async Task<string> StateAsync(string group)
    {
        using var channel = AgentChannel.TryConnect(Paths) ?? throw new InvalidOperationException($"No agent of {name} runs.");
        var items = new ItemService.ItemServiceClient(channel.Invoker);
        var listed = await items.ListItemsAsync(new ListItemsRequest { Groups = { group }, Read = new ReadOptions { Offline = true } });
        var state = new StringBuilder();
        foreach (var id in listed.Items.Select(item => item.Id).Order(StringComparer.Ordinal))
        {
            var shown = await items.ShowItemAsync(new ShowItemRequest { Selector = id, Reveal = true, Read = new ReadOptions { Offline = true } });
            state.Append(shown.Item).Append('\n');
        }

        return state.ToString();
    }

    /// <summary>
    /// SHA-256 of everything that can be read of a group here, opened: every item in the order of ids with every field and
    /// every revealed secret, then what is shown of those in the trash. 64 hexadecimal digits.
    /// </summary>
    public async Task<string> DigestAsync(string group)
    {
        using var channel = AgentChannel.TryConnect(Paths) ?? throw new InvalidOperationException($"No agent of {name} runs.");
        var items = new ItemService.ItemServiceClient(channel.Invoker);
        var read = new ReadOptions { Offline = true };
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var listed = await items.ListItemsAsync(new ListItemsRequest { Groups = { group }, Read = read });
        foreach (var id in listed.Items.Select(item => item.Id).Order(StringComparer.Ordinal))
        {
            Append(digest, (await items.ShowItemAsync(new ShowItemRequest { Selector = id, Reveal = true, Read = read })).Item);
        }

        var trash = await items.ListItemsAsync(new ListItemsRequest { Groups = { group }, Trash = true, Read = read });
        foreach (var item in trash.Items.OrderBy(item => item.Id, StringComparer.Ordinal))
        {
            Append(digest, item);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    public async ValueTask DisposeAsync()
    {
        using var channel = AgentChannel.TryConnect(Paths);
        if (channel is not null)
        {
            await KillAgentAsync();
        }
    }

    private static void Append(IncrementalHash digest, IMessage message)
    {
        var bytes = message.ToByteArray();
        digest.AppendData(BitConverter.GetBytes(bytes.Length));
        digest.AppendData(bytes);
    }

    private static async Task<HandshakeResponse> HandshakeAsync(AgentChannel channel) =>
        await new AgentService.AgentServiceClient(channel.Invoker).HandshakeAsync(
            new HandshakeRequest { ContractVersion = AgentContract.Version, ProgramVersion = AgentContract.ProgramVersion });
}
