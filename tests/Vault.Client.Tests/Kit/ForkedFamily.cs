using Vault.Client.Items;
using Vault.Client.Sync;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Kit;

/// <summary>
/// Ann owns a group with Ben and Carl in it. Its relay was put back to an older day without a window, and others wrote on: Ann's
/// device verified one history, and the relay shows another.
/// </summary>
internal sealed class ForkedFamily : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private IReadOnlyDictionary<string, byte[]> _backup = new Dictionary<string, byte[]>();

    public required TestRelay Relay { get; init; }

    public required TestPerson Ann { get; init; }

    public required TestPerson Ben { get; init; }

    public required TestPerson Carl { get; init; }

    public GroupId Group { get; private set; }

    /// <summary>Changed on both sides, in different fields.</summary>
    public ItemId Both { get; private set; }

    public AccountId Carls => Carl.Client.Accounts.WhoAmI().Account;

    /// <summary>As it stands when Ann's device has met the fork.</summary>
    /// <param name="before">What happens on Ann's side, before the relay is put back.</param>
    /// <param name="seams">Of Ann's device. Null: the usual ones.</param>
    public static async Task<ForkedFamily> MakeAsync(Func<ForkedFamily, Task>? before = null, ClientSeams? seams = null)
    {
        var relay = await TestRelay.StartAsync();
        var family = new ForkedFamily
        {
            Relay = relay,
            Ann = await TestPerson.RegisterAsync(relay, "Ann", seams),
            Ben = await TestPerson.RegisterAsync(relay, "Ben"),
            Carl = await TestPerson.RegisterAsync(relay, "Carl"),
        };
        await family.PlayAsync(before);
        return family;
    }

    /// <summary>The relay's operator cuts the branch off that Ben wrote, as the command that `adopt-mine` prints does.</summary>
    public Task CutOffAsync() => Relay.TruncateAsync(Group, ForkProof.Verify(Ann.Client.Forks.Evidence(Group)).Value.Predecessor.Seq);

    /// <summary>The relay is put back to that day, and nobody is told.</summary>
    public async Task CutAsync()
    {
        await Relay.DownAsync();
        Relay.Restore(_backup);
        await Relay.UpAsync();
    }

    /// <summary>The relay's operator puts it back to that day once more, and opens its recovery window.</summary>
    public Task LoseAsync() => Relay.LoseAsync(_backup);

    public static async Task AddAsync(TestPerson person, GroupId group, string title)
    {
        var added = person.Client.Items.Add(group, Samples.Login(title));
        Assert.Equal(EditState.Saved, (await person.Client.Items.WaitAsync(added, Soon)).State);
    }

    public async ValueTask DisposeAsync()
    {
        await Ann.DisposeAsync();
        await Ben.DisposeAsync();
        await Carl.DisposeAsync();
        await Relay.DisposeAsync();
    }

    private async Task PlayAsync(Func<ForkedFamily, Task>? before)
    {
        Group = (await Ann.Client.Groups.CreateAsync("family")).Id;
        await JoinAsync(Ben);
        await JoinAsync(Carl);
        var both = Ann.Client.Items.Add(Group, Samples.Login("both"));
        await SavedAsync(Ann, both);
        Both = both.Item;
        var gone = Ann.Client.Items.Add(Group, Samples.Login("gone"));
        await SavedAsync(Ann, gone);
        await Ben.Client.Sync.SyncAsync();
        _backup = await Relay.BackupAsync();

        await SavedAsync(Ann, Ann.Client.Items.Edit(Group, Both, item => ItemTemplates.Set(item, "username", "by Ann")));
        await AddAsync(Ann, Group, "new on Ann's side");
        await SavedAsync(Ann, Ann.Client.Items.Delete(Group, gone.Item));
        await Ann.Client.Groups.RemoveAsync(Group, Carls);
        await AddAsync(Ann, Group, "not for Carl");
        await (before?.Invoke(this) ?? Task.CompletedTask);
        await CutAsync();
        await SavedAsync(Ben, Ben.Client.Items.Edit(Group, Both, item => ItemTemplates.Set(item, "password", "by Ben")));
        await AddAsync(Ben, Group, "new on Ben's side");
        await Ann.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Forked, Ann.Client.Sync.Status(Group).State);
    }

    private static async Task SavedAsync(TestPerson person, AcceptedEdit edit) =>
        Assert.Equal(EditState.Saved, (await person.Client.Items.WaitAsync(edit, Soon)).State);

    private async Task JoinAsync(TestPerson person)
    {
        var invite = await Ann.Client.Groups.InviteAsync(Group, Role.Editor, "a friend");
        await person.Client.Groups.JoinAsync(invite.Code);
        await Ann.Client.Sync.SyncAsync();
        await person.Client.Sync.SyncAsync();
        await person.Client.Sync.SyncAsync();
    }
}
