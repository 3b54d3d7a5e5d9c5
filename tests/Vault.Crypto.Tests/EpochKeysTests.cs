using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Crypto.Accounts;
using Vault.Crypto.Groups;
using Vault.Crypto.Passwords;
using Vault.Protocol.V1;

namespace Vault.Crypto.Tests;

/// <summary>Who is named for an epoch that leads nowhere, and who is not.</summary>
public sealed class EpochKeysTests : IDisposable
{
    private readonly SeededRandom _random = new(110);
    private readonly List<VerifiedCommit> _commits = [];
    private readonly Member _ann;
    private readonly Member _bob;
    private readonly Member _cem;

    public EpochKeysTests()
    {
        (_ann, _bob, _cem) = (new Member(_random), new Member(_random), new Member(_random));
        _commits.Add(GroupRules.Found(CommitSigner.Genesis(_ann.Account, _ann.Entries, GroupKind.Shared, _ann.Device, _random)).Value);
        _ann.Join(this);
        Commit(_ann, body => Start(_ann, body));
        Add(_bob);
        Add(_cem);
    }

    private VerifiedGroup State => _commits[^1].After;

    [Fact]
    public void An_epoch_without_wraps_names_its_author_to_everyone_who_can_tell()
    {
        Commit(_ann, body => Start(_ann, body));
        Commit(_bob, body => Start(_bob, body).Wraps.Clear());
        foreach (var member in new[] { _ann, _bob, _cem })
        {
            var fault = member.Judge();
            Assert.Equal(FaultCode.BadEpoch, fault?.Code);
            Assert.Equal(_bob.Account.Id, fault?.Author);
            Assert.Equal(State.Head.Seq, fault?.Seq);
            Assert.Contains("epoch 2", fault!.Detail, StringComparison.Ordinal);
        }

        // Whoever may starts the next, and all is well again: it leads to both sides of the gap.
        Commit(_cem, body => Start(_cem, body));
        Assert.All([_ann, _bob, _cem], member => Assert.Null(member.Judge()));
        Assert.Equal([2UL, 3UL], _commits[^1].Body.Epoch.Wraps.Select(wrap => wrap.Epoch));
    }

    [Fact]
    public void An_epoch_that_skips_the_newest_names_its_author()
    {
        Commit(_ann, body => Start(_ann, body));
        Commit(_bob, body =>
        {
            var epoch = Start(_bob, body);
            epoch.Wraps.Clear();
            epoch.Wraps.Add(Wrap(_bob, 1, epoch.Number));
        });
        Assert.Contains("epoch 2", _ann.Judge()!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_is_not_asked_for_what_nobody_sealed_to_them()
    {
        // Bob's bad epoch 2 hides epoch 1; Dora comes with epoch 2, and can lead to it only.
        Commit(_bob, body => Start(_bob, body).Wraps.Clear());
        var dora = new Member(_random);
        Add(dora);
        Assert.Equal([2UL], dora.Keys.Known);
        Commit(dora, body => Start(dora, body));
        Assert.All([_ann, _cem, dora], member => Assert.Null(member.Judge()));
    }

    [Fact]
    public void What_was_bad_for_everyone_is_asked_of_nobody()
    {
        Commit(_bob, body =>
        {
            foreach (var seal in Start(_bob, body).Seals)
            {
                seal.Sealed = Google.Protobuf.ByteString.CopyFrom(_random.Bytes(GroupKey.SealedSize));
            }
        });
        Assert.Equal("own seal", _ann.Newest?.Detail);
        Commit(_ann, body => Start(_ann, body));
        Assert.All([_ann, _bob, _cem], member => Assert.Null(member.Newest ?? member.Judge()));
    }

    [Fact]
    public void An_epoch_bad_for_one_member_alone_names_both_sides_and_costs_one_rotation()
    {
        // Bob's epoch 2 is junk for Ann only, so Ann's epoch 3 cannot lead to it.
        Commit(_bob, body => Seal(Start(_bob, body), _ann).Sealed = Google.Protobuf.ByteString.CopyFrom(_random.Bytes(GroupKey.SealedSize)));
        Commit(_ann, body => Start(_ann, body));
        Assert.DoesNotContain(2UL, _ann.Keys.Known);
        var fault = _cem.Judge();
        Assert.Equal(_ann.Account.Id, fault?.Author);
        Assert.Contains(_bob.Account.Id.ToString()[..16], fault!.Detail, StringComparison.Ordinal);

        Commit(_cem, body => Start(_cem, body));
        Assert.All([_ann, _bob, _cem], member => Assert.Null(member.Judge()));
        Assert.Equal([1UL, 2UL, 3UL, 4UL], _ann.Keys.Known);
    }

    [Fact]
    public void One_wrap_leads_to_a_hundred_epochs_and_a_new_member_opens_them_all()
    {
        for (var i = 0; i < 100; i++)
        {
            Commit(i % 2 == 0 ? _ann : _bob, body => Start(i % 2 == 0 ? _ann : _bob, body));
            Assert.Single(_commits[^1].Body.Epoch.Wraps);
        }

        var dora = new Member(_random);
        Add(dora);
        Assert.Equal(_ann.Keys.Known, dora.Keys.Known);
        Assert.Null(_cem.Judge());
    }

    public void Dispose()
    {
        foreach (var member in new[] { _ann, _bob, _cem })
        {
            member.Keys.Dispose();
        }
    }

    private Epoch Start(Member author, GroupBody body)
    {
        var roster = State.Members.Values.Select(member => member.Anchor);
        (body.Epoch, var key) = EpochStart.Build(State.Id, State.Epoch + 1, author.Account.Id, roster, author.Keys, _random);
        author.Made = key;
        return body.Epoch;
    }

    private EpochWrap Wrap(Member author, ulong older, ulong newer) => new()
    {
        Epoch = older,
        Box = Google.Protobuf.ByteString.CopyFrom(author.Made!.Wrap(author.Keys.KeyOf(older)!, State.Id.ToArray(), older, newer, _random)),
    };

    private static Seal Seal(Epoch epoch, Member member) => epoch.Seals.Single(seal => seal.Account == member.Account.Id.ToByteString());

    private void Add(Member added)
    {
        Commit(_ann, body =>
        {
            var add = new AddMember { Account = added.Account.Id.ToByteString(), Role = Role.Editor, AccountEntries = { added.Entries } };
            add.Seal = EpochStart.SealFor(_ann.Keys.KeyOf(State.Epoch)!, State.Id, State.Epoch, _ann.Account.Id, added.Account, _random);
            body.Adds.Add(add);
        });
        added.Join(this);
    }

    private void Commit(Member author, Action<GroupBody> change)
    {
        var body = CommitSigner.Start(State, author.Account, KeyIds.OfDevice(author.Device.PublicKey));
        change(body);
        var verdict = GroupRules.Extend(State, CommitSigner.Sign(body, author.Device));
        Assert.True(verdict.IsValid, verdict.IsValid ? "" : verdict.Fault.ToString());
        _commits.Add(verdict.Value);
        _learn?.Invoke(verdict.Value);
    }

    private event Action<VerifiedCommit>? _learn;

    /// <summary>An account of one device, and what it holds of the group.</summary>
    private sealed class Member
    {
        private readonly DailySecrets _daily;
        private EpochKeysTests? _group;
        private EpochKeys? _keys;

        public Member(SeededRandom random)
        {
            var identity = SigningKey.Create(random);
            using var sync = SigningKey.Create(random);
            using var unlock = UnlockKey.FromBytes(UnlockMethod.Password, random.Bytes(UnlockKey.Size));
            Device = SigningKey.Create(random);
            _daily = DailySecrets.Create(random);
            var genesis = AccountEntries.Genesis(identity, _daily.CurrentSealingKey, Device, sync, random);
            var founded = AccountRules.Found(genesis).Value;
            using var locker = Locker.Seal(founded.Id, _daily, identity, [unlock], random);
            var login = AccountEntries.SetLogin(founded, identity, locker.Login, locker.AuthKeys);
            Account = AccountRules.Extend(founded, login).Value;
            Entries = [genesis, login];
        }

        public VerifiedAccount Account { get; }

        public IReadOnlyList<SignedEntry> Entries { get; }

        public SigningKey Device { get; }

        public EpochKeys Keys => _keys!;

        public GroupKey? Made { get; set; }

        /// <summary>What learning the newest epoch said.</summary>
        public Fault? Newest { get; private set; }

        public void Join(EpochKeysTests group)
        {
            _group = group;
            _keys = new EpochKeys(group.State.Id, Account.Id);
            foreach (var commit in group._commits)
            {
                Learn(commit);
            }

            group._learn += Learn;
        }

        public Fault? Judge() => Keys.JudgeReach(_group!._commits.Last(commit => commit.Body.Epoch is not null));

        private void Learn(VerifiedCommit commit) => Newest = Keys.Learn(commit, _daily);
    }
}
