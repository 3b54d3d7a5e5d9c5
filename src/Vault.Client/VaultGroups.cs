using Vault.Client.Accounts;
using Vault.Client.Groups;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Core.Words;
using Vault.Protocol.V1;

namespace Vault.Client;

/// <summary>Groups, members and invites. What changes a group needs the relay and the keys; reading needs neither, names aside.</summary>
public sealed class VaultGroups
{
    private const int LeastIdDigits = 8;

    private readonly ClientCore _core;
    private readonly GroupFounder _founder;
    private readonly GroupPusher _pusher;
    private readonly GroupReader _reader;
    private readonly PersonalRecords _records;
    private readonly GroupLog _log;
    private readonly Inviter _inviter;
    private readonly Joiner _joiner;
    private readonly SyncLoop _loop;

    internal VaultGroups(
        ClientCore core,
        GroupFounder founder,
        GroupPusher pusher,
        GroupReader reader,
        PersonalRecords records,
        GroupLog log,
        Inviter inviter,
        Joiner joiner,
        SyncLoop loop)
    {
        _core = core;
        _founder = founder;
        _pusher = pusher;
        _reader = reader;
        _records = records;
        _log = log;
        _inviter = inviter;
        _joiner = joiner;
        _loop = loop;
    }

    /// <summary>
    /// Founds a shared group with epoch 1, its name and the own name; accepted at once. When the relay does not answer, the
    /// founding is on disk and goes on by itself; the call then throws offline.
    /// </summary>
    public Task<GroupView> CreateAsync(string name, string description = "", CancellationToken cancellation = default)
    {
        Registrar.RequireText(name, 1, 256, "A name");
        Registrar.RequireText(description, 0, 1024, "A description");
        _ = _core.RequireKeys();
        return _core.Gate.RunAsync(async () =>
        {
            var group = _founder.Prepare(
                GroupKind.Shared, new GroupInfoPlain { Name = name, Description = description }, _ => { });
            _records.Accept(group);
            try
            {
                await _pusher.FoundAsync(group, _core.Replica.Journal.InFlight(group.Id), cancellation);
            }
            catch (VaultException failed) when (failed.IsOffline)
            {
                throw failed.Told("The group is made here all the same, and goes to the relay when it answers: do not make it again.", isSigned: true);
            }

            return _reader.View(group);
        });
    }

    /// <summary>The personal group and the accepted ones, personal first, then by name and id. Left ones are not among them.</summary>
    public IReadOnlyList<GroupView> List() =>
        [.. Followed().Select(_reader.View).OrderBy(group => group.Kind == GroupKind.Personal ? 0 : 1)
            .ThenBy(group => group.Name, StringComparer.Ordinal).ThenBy(group => group.Id)];

    /// <summary>Groups that this account is no member of any more, in which edits of it are kept aside, by name and id.</summary>
    public IReadOnlyList<GroupView> EndedWithEdits() =>
        [.. Ended().Where(group => _core.Replica.Outbox.Count(group.Id) > 0).Select(_reader.View)
            .OrderBy(group => group.Name, StringComparer.Ordinal).ThenBy(group => group.Id)];

    /// <summary>One group, left ones included.</summary>
    public GroupView Show(GroupId group) => _reader.View(_core.RequireGroup(group));

    /// <summary>The one group with this id, id prefix of at least eight digits, or name; "personal" is the personal group.</summary>
    /// <exception cref="VaultException">NotFound, or Ambiguous with the candidates.</exception>
    public GroupView Find(string selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        if (selector.Length == 0)
        {
            throw VaultException.Refuse(ClientRefusal.BadArgument, "A group's name or id is needed, and none was given.");
        }

        var all = List();
        var found = all.Where(group => Matches(group, selector)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 when Ended().Select(_reader.View).Any(group => Matches(group, selector)) => throw VaultException.Refuse(
                ClientRefusal.NotFound, $"This account is not a member of {selector} any more: it left, or was removed."),
            0 => throw VaultException.Refuse(ClientRefusal.NotFound, $"No group is called {selector}."),
            _ => throw VaultException.Refuse(
                ClientRefusal.Ambiguous, $"Several groups are called {selector}: {string.Join(", ", found.Select(group => $"{group.Name} ({group.Id})"))}"),
        };
    }

    /// <summary>Members by account id.</summary>
    public IReadOnlyList<MemberView> Members(GroupId group) => _reader.Members(_core.RequireGroup(group));

    /// <summary>Which devices of the members agree with this replica, and since when, by their own signed statements. Works locked.</summary>
    public GroupConvergence Convergence(GroupId group) => _reader.Convergence(_core.RequireGroup(group));

    /// <summary>
    /// Six words for the group at its verified head, to compare out of band: equal on two devices exactly when they stand at the
    /// same commit. Computed from what this device verified, never from what a relay says. Works locked.
    /// </summary>
    public (IReadOnlyList<string> Words, ChainHead Head) Code(GroupId group)
    {
        var head = _core.RequireGroup(group).State!.Head;
        return (SpokenHash.GroupCode(group, head), head);
    }

    /// <summary>Open invites.</summary>
    public IReadOnlyList<InviteView> Invites(GroupId group)
    {
        var found = _core.RequireGroup(group);
        return [.. found.State!.Invites.Values.Select(invite =>
        {
            var terms = _reader.Terms(found, invite);
            return new InviteView(invite.Id, invite.Role, invite.Opener, terms?.Label ?? "", terms?.ExpiresMs ?? 0);
        })];
    }

    /// <summary>Commits, newest first, below a position.</summary>
    public IReadOnlyList<LogEntry> Log(GroupId group, int most = 100, ulong? before = null) => _log.Read(_core.RequireGroup(group), most, before);

    /// <summary>Leaves a group. The last owner cannot; edits that wait for it are kept aside.</summary>
    public Task LeaveAsync(GroupId group, CancellationToken cancellation = default) => ChangeAsync(
        group,
        draft => draft.Body.Leave = new LeaveGroup(),
        found => _records.MarkLeft(found),
        boxed: false,
        cancellation);

    /// <summary>Gives a member another role.</summary>
    public Task SetRoleAsync(GroupId group, AccountId member, Role role, CancellationToken cancellation = default) => ChangeAsync(
        group,
        draft => draft.Body.Roles.Add(new ChangeRole { Account = member.ToByteString(), Role = role }),
        _ => { },
        boxed: true,
        cancellation);

    /// <summary>Removes a member and starts a new epoch in the same commit, sealed to members' newest known keys.</summary>
    public Task RemoveAsync(GroupId group, AccountId member, CancellationToken cancellation = default) => ChangeAsync(
        group,
        draft => draft.Body.Removes.Add(new RemoveMember { Account = member.ToByteString() }),
        _ => { },
        boxed: true,
        cancellation);

    /// <summary>
    /// Opens an invite for one person; the code is returned once its commit stands in the chain as pulled. The lifetime is 72
    /// hours unless given, at most 30 days.
    /// </summary>
    public Task<OpenedInvite> InviteAsync(
        GroupId group, Role role, string label = "", TimeSpan? lifetime = null, CancellationToken cancellation = default)
    {
        _ = _core.RequireKeys();
        var found = _core.RequireGroup(group);
        return _core.Gate.RunAsync(() => ToldAsync(() => _inviter.InviteAsync(
            found, role, label, lifetime ?? _core.Options.InviteLifetime, cancellation)));
    }

    /// <summary>Closes an open invite.</summary>
    public Task CloseInviteAsync(GroupId group, InviteId invite, CancellationToken cancellation = default) => ChangeAsync(
        group,
        draft => draft.Body.CloseInvites.Add(new CloseInvite { Invite = invite.ToByteString() }),
        _ => { },
        boxed: true,
        cancellation);

    /// <summary>
    /// Posts a join request; the sync loop accepts the group when the add stands in the chain. BAD_INVITE_CODE, MAILBOX (used or
    /// closed), INVITATION_MISMATCH. Offline and STORE_UNAVAILABLE leave it open whether it was posted: it is waited for, and may be asked again.
    /// </summary>
    /// <param name="ownName">The name to be known by in the group. Empty: the own name.</param>
    public Task<JoinView> JoinAsync(string code, string ownName = "", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        _ = _core.RequireKeys();
        var name = string.IsNullOrEmpty(ownName) ? VaultAccounts.OwnName(_core) : ownName;
        Registrar.RequireText(name, 1, 256, "A name");
        return _core.Gate.RunAsync(() => _joiner.JoinAsync(code, name, cancellation));
    }

    /// <summary>Joins that this device asked for and that are not done yet.</summary>
    public IReadOnlyList<JoinView> Joins() =>
        [.. _core.Groups.Values.Where(group => group is { Follow: Follow.Asked, Opener: not null })
            .Select(group => new JoinView(group.Id, group.Opener!.Value, JoinState.Waiting))];

    /// <summary>Waits until a join is done, at most so long; null when it still waits then.</summary>
    public async Task<GroupView?> WaitForJoinAsync(GroupId group, TimeSpan wait, CancellationToken cancellation = default)
    {
        var until = _core.BootNow + wait;
        var signal = new Signal(_core.Seams.Time);
        void OnChanged(GroupId changed) => signal.Set();
        _core.Changed += OnChanged;
        try
        {
            while (true)
            {
                if (_core.Groups.GetValueOrDefault(group) is { Follow: Follow.Accepted, State: not null } joined)
                {
                    return _reader.View(joined);
                }

                var rest = until - _core.BootNow;
                if (rest <= TimeSpan.Zero)
                {
                    return null;
                }

                if (!_loop.IsRunning)
                {
                    await _loop.RoundAsync(null, cancellation);
                }

                var step = _loop.IsRunning ? rest : TimeSpan.FromMilliseconds(Math.Min(500, rest.TotalMilliseconds));
                await signal.WaitAsync(step, cancellation);
            }
        }
        finally
        {
            _core.Changed -= OnChanged;
        }
    }

    private Task ChangeAsync(
        GroupId group, Action<CommitDraft> change, Action<FollowedGroup> done, bool boxed, CancellationToken cancellation)
    {
        _ = _core.RequireKeys();
        var found = _core.RequireGroup(group);
        return _core.Gate.RunAsync(async () =>
        {
            await ToldAsync(() => _pusher.CommitAsync(
                found,
                draft =>
                {
                    change(draft);
                    if (boxed)
                    {
                        draft.OpenKey(startEpoch: false);
                        draft.Note(_core.WallMs);
                    }

                    return true;
                },
                rotates: boxed,
                cancellation));
            done(found);
        });
    }

    // A change of members does not wait as an edit does: whoever asked is told whether it will still happen.
    private static async Task<T> ToldAsync<T>(Func<Task<T>> change)
    {
        try
        {
            return await change();
        }
        catch (VaultException failed) when (failed.IsOffline)
        {
            throw failed.IsSigned
                ? failed.Told("The change is signed and kept, and goes out when it answers.", isSigned: true)
                : failed.Told("Nothing was changed. Try again when it answers.", isSigned: false);
        }
    }

    private IEnumerable<FollowedGroup> Followed() =>
        _core.Groups.Values.Where(group => group is { Follow: Follow.Accepted, State: not null });

    private IEnumerable<FollowedGroup> Ended() =>
        _core.Groups.Values.Where(group => group is { Follow: Follow.Over, State: not null });

    private static bool Matches(GroupView group, string selector) =>
        string.Equals(group.Name, selector, StringComparison.Ordinal)
        || (group.Kind == GroupKind.Personal && string.Equals(selector, "personal", StringComparison.Ordinal))
        || (selector.Length >= LeastIdDigits && group.Id.ToString().StartsWith(selector, StringComparison.OrdinalIgnoreCase));
}
