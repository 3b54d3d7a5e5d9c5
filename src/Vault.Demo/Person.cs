using System.Text;
using Google.Protobuf;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Demo;

/// <summary>One person with an agent of their own, asked over its socket as the command line would.</summary>
internal sealed class Person(string name, AgentChannel agent)
{
    // How often a device is asked whether it shows a change by now: well below what is measured, so that asking is not what keeps it busy.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(2);
    private const int LooksPerWait = 50;
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(45);
    private const uint WaitMilliseconds = 30_000;

    private readonly AccountService.AccountServiceClient _account = new(agent.Invoker);
    private readonly GroupService.GroupServiceClient _groups = new(agent.Invoker);
    private readonly ItemService.ItemServiceClient _items = new(agent.Invoker);
    private readonly MemberService.MemberServiceClient _members = new(agent.Invoker);
    private readonly SyncService.SyncServiceClient _sync = new(agent.Invoker);
    private readonly AgentService.AgentServiceClient _agent = new(agent.Invoker);

    public string Name => name;

    /// <summary>What this person types to unlock.</summary>
    public string Password { get; } = $"correct horse battery {name}";

    /// <summary>The Secret Key as shown once.</summary>
    public string SecretKey { get; private set; } = "";

    /// <summary>The account's id, 64 hexadecimal digits.</summary>
    public string AccountId { get; private set; } = "";

    public async Task RegisterAsync(string relay)
    {
        var response = await _account.RegisterAsync(new RegisterRequest
        {
            Relay = relay,
            Name = name,
            DeviceName = $"{name}'s laptop",
            Password = ByteString.CopyFromUtf8(Password),
        });
        SecretKey = response.SecretKey.ToStringUtf8();
        AccountId = response.Account.AccountId;
    }

    public async Task<string> CreateGroupAsync(string group) =>
        (await _groups.CreateGroupAsync(new CreateGroupRequest { Name = group })).Group.Id;

    public async Task<ByteString> InviteAsync(string group, string label) =>
        (await _members.CreateInviteAsync(new CreateInviteRequest { Group = group, Role = Role.Editor, Label = label })).Code;

    public async Task<string> JoinAsync(ByteString code)
    {
        var response = await _members.JoinAsync(new JoinRequest { Code = code, WaitMs = WaitMilliseconds });
        return response.State == JoinState.Joined
            ? response.GroupId
            : throw new InvalidOperationException("The inviter's device did not complete the invite in time.");
    }

    public async Task AddLoginAsync(string group, string title, string userName, string password, string url)
    {
        var request = new AddItemRequest { Group = group, Type = ItemType.Login, Title = title, WaitMs = WaitMilliseconds };
        request.Fields.Add(new FieldInput { Name = "username", Value = ByteString.CopyFromUtf8(userName) });
        request.Fields.Add(new FieldInput { Name = "password", Value = ByteString.CopyFromUtf8(password), Secret = true });
        request.Urls.Add(url);
        Confirmed((await _items.AddItemAsync(request)).Write);
    }

    public async Task ChangePasswordAsync(string selector, string password)
    {
        var request = new EditItemRequest { Selector = selector, WaitMs = WaitMilliseconds };
        request.SetFields.Add(new FieldInput { Name = "password", Value = ByteString.CopyFromUtf8(password), Secret = true });
        Confirmed((await _items.EditItemAsync(request)).Write);
    }

    public async Task RemoveAsync(string group, string member) =>
        await _members.RemoveMemberAsync(new RemoveMemberRequest { Group = group, Member = member });

    /// <summary>Waits until this device, asked again and again, shows the value.</summary>
    public Task SeesAsync(string selector, string value, CancellationToken cancellation) => UntilAsync(
        async () => (await _items.GetFieldAsync(new GetFieldRequest { Selector = selector })).Value.ToStringUtf8() == value,
        $"{name}'s device did not show {selector}",
        cancellation);

    /// <summary>Waits until this device shows its stream in a state, and every group in one.</summary>
    public Task SaysAsync(StreamState stream, GroupState groups, CancellationToken cancellation) => UntilAsync(
        async () =>
        {
            var status = await _sync.GetStatusAsync(new GetStatusRequest());
            return status.Stream.State == stream && status.Groups.All(group => group.Freshness.State == groups);
        },
        $"{name}'s device did not say that its stream is {stream} and its groups are {groups}",
        cancellation);

    /// <summary>Waits until this device says that it is no longer a member.</summary>
    public Task SeesRemovalAsync(string groupId, CancellationToken cancellation) => UntilAsync(
        async () =>
        {
            var groups = (await _groups.ListGroupsAsync(new ListGroupsRequest())).Groups;
            return groups.All(group => group.Id != groupId || group.Role == Role.Unspecified);
        },
        $"{name}'s device did not notice the removal",
        cancellation);

    /// <summary>Whether this device shows an item at all.</summary>
    public async Task<bool> ShowsAsync(string selector)
    {
        try
        {
            await _items.ShowItemAsync(new ShowItemRequest { Selector = selector });
            return true;
        }
        catch (AgentException e) when (e.Code is ExitCode.NotFound or ExitCode.Forbidden)
        {
            return false;
        }
    }

    public async Task StopAsync()
    {
        try
        {
            await _agent.StopAsync(new StopRequest());
            await agent.Closed;
        }
        catch (AgentException)
        {
            // It was gone already.
        }

        agent.Dispose();
    }

    /// <summary>The password as the derivation takes it.</summary>
    public byte[] PasswordBytes() => Encoding.UTF8.GetBytes(Password);

    private static async Task UntilAsync(Func<Task<bool>> holds, string otherwise, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(GiveUpAfter);
        for (var pause = LookEvery; !await Now(holds); pause += pause / LooksPerWait)
        {
            try
            {
                await Task.Delay(pause, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"{otherwise} within {GiveUpAfter.TotalSeconds} s.");
            }
        }
    }

    private static async Task<bool> Now(Func<Task<bool>> holds)
    {
        try
        {
            return await holds();
        }
        catch (AgentException e) when (e.Code == ExitCode.NotFound)
        {
            return false;
        }
    }

    private static void Confirmed(WriteOutcome write)
    {
        if (write.State != WriteState.Confirmed)
        {
            throw new InvalidOperationException($"The relay has not confirmed the edit: {write.Reason}");
        }
    }
}
