using Vault.Client;
using Vault.Client.Accounts;
using Vault.Client.Items;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Clients;

/// <summary>One person's device: the client library with production's own seams, on a pump and in a home of its own.</summary>
internal sealed class Person : IAsyncDisposable
{
    private const int AddedAtOnce = 2_560;

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_fill = TimeSpan.FromMinutes(10);

    private readonly ClientPump _pump = new();
    private readonly VaultClient _client;

    private Person(VaultClient client) => _client = client;

    public static async Task<Person> RegisterAsync(Uri relay, string name, string home, ClientSeams? seams = null)
    {
        var person = new Person(new VaultClient(new ClientOptions { HomeDirectory = home }, seams ?? ClientSeams.Production()));
        await person.DoAsync(async client =>
        {
            client.Open();
            await client.Accounts.RegisterAsync(
                new Registration { Relay = relay.GetLeftPart(UriPartial.Authority), Name = name, PasswordUtf8 = "a benchmark's password"u8.ToArray() });
            return true;
        });
        return person;
    }

    /// <summary>Runs on this person's pump.</summary>
    public Task<T> DoAsync<T>(Func<VaultClient, Task<T>> call) => _pump.InvokeAsync(() => call(_client)).WaitAsync(s_deadline);

    /// <summary>A group of two, whose loops run.</summary>
    public async Task<GroupId> ShareWithAsync(Person other)
    {
        var (group, code) = await DoAsync(async client =>
        {
            client.Sync.Start();
            var made = await client.Groups.CreateAsync("family");
            return (made.Id, (await client.Groups.InviteAsync(made.Id, Role.Editor)).Code);
        });
        await other.DoAsync(async client =>
        {
            client.Sync.Start();
            await client.Groups.JoinAsync(code);
            return await client.Groups.WaitForJoinAsync(group, s_deadline);
        });
        return group;
    }

    /// <summary>Adds a login, and waits until the chain holds it.</summary>
    public Task<ItemId> AddAsync(GroupId group) => DoAsync(async client =>
    {
        var item = ItemTemplates.Create(ItemType.Login, "A shop at the corner");
        ItemTemplates.Set(item, "username", "somebody@example.org");
        ItemTemplates.Set(item, "password", "correct horse battery staple");
        var added = client.Items.Add(group, item);
        await client.Items.WaitAsync(added, s_deadline);
        return added.Item;
    });

    /// <summary>Adds so many logins, and waits until the chain holds them. The first of them.</summary>
    public async Task<ItemId> AddManyAsync(GroupId group, int count)
    {
        ItemId? first = null;
        for (var done = 0; done < count; done += AddedAtOnce)
        {
            var added = await DoAsync(async client =>
            {
                var edits = new List<AcceptedEdit>();
                for (var i = done; i < Math.Min(count, done + AddedAtOnce); i++)
                {
                    var item = ItemTemplates.Create(ItemType.Login, $"Shop {i} at the corner");
                    ItemTemplates.Set(item, "username", "somebody@example.org");
                    ItemTemplates.Set(item, "password", "correct horse battery staple");
                    edits.Add(client.Items.Add(group, item));
                }

                await client.Items.WaitAsync(edits[^1], s_deadline);
                return edits[0].Item;
            });
            first ??= added;
        }

        return first!.Value;
    }

    /// <summary>Waits until this device's loop has verified a group so far, with every blob here.</summary>
    public async Task WaitForAsync(GroupId group, ulong seq)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(GroupId changed)
        {
            if (_client.Sync.Status(group) is { MissingBlobs: 0 } status && status.VerifiedSeq >= seq)
            {
                reached.TrySetResult();
                _client.Sync.Changed -= Look;
            }
        }

        await DoAsync(client =>
        {
            client.Sync.Changed += Look;
            Look(group);
            return Task.FromResult(true);
        });
        await reached.Task.WaitAsync(s_fill);
    }

    /// <summary>What this device shows as an item's notes.</summary>
    public Task<string> NotesAsync(GroupId group, ItemId item) => DoAsync(client => Task.FromResult(client.Items.Get(group, item).Item.Notes));

    /// <summary>One round of sync by hand, for a group.</summary>
    public Task SyncAsync(GroupId group) => DoAsync(client => client.Sync.SyncAsync(group));

    /// <summary>Stops the loop: what others do is not noticed any more.</summary>
    public Task StopAsync() => DoAsync(async client =>
    {
        await client.Sync.StopAsync();
        return true;
    });

    /// <summary>How far this device has verified a group.</summary>
    public Task<ulong> SeqAsync(GroupId group) => DoAsync(client => Task.FromResult(client.Sync.Status(group).VerifiedSeq));

    /// <summary>Accepts an edit on this device. Ends when the chain holds it.</summary>
    public Task EditAsync(GroupId group, ItemId item, string notes) => DoAsync(client =>
        client.Items.WaitAsync(client.Items.Edit(group, item, made => made.Notes = notes), s_deadline));

    /// <summary>Begins to look; what it hands back ends when this device has shown the item with these notes, and tells when that was.</summary>
    public async Task<Task<long>> ExpectAsync(GroupId group, ItemId item, string notes, TimeProvider time)
    {
        var seen = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(GroupId changed)
        {
            // Blobs come a moment after their commits when they did not ride along; then Changed is raised once more.
            if (changed == group && _client.Sync.Status(group).MissingBlobs == 0 && _client.Items.Get(group, item).Item.Notes == notes)
            {
                seen.TrySetResult(time.GetTimestamp());
                _client.Sync.Changed -= Look;
            }
        }

        await DoAsync(client =>
        {
            client.Sync.Changed += Look;
            return Task.FromResult(true);
        });
        return seen.Task.WaitAsync(s_deadline);
    }

    /// <summary>Ends when this device is at rest: what its loops had to do at once, syncs after the fact included, is done.</summary>
    public async Task RestAsync()
    {
        // The pump takes work in turn: the first call comes after what runs, the second after what that left to be continued.
        await DoAsync(_ => Task.FromResult(true));
        await DoAsync(_ => Task.FromResult(true));
    }

    public async ValueTask DisposeAsync()
    {
        await _pump.InvokeAsync(async () => await _client.DisposeAsync());
        _pump.Dispose();
    }
}
