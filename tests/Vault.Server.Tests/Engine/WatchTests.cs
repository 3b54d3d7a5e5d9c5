using Vault.Core;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Stores;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>The stream guarantees of protos/README.md: each numbered sentence, its test.</summary>
public sealed class WatchTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void W01_hello_comes_first() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var stream = world.Watch(session, (circle.Id, new ChangeToken(circle.Id, new ChainHead(0, new EntryId(circle.Id.Value))).ToByteString()));
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        Assert.Equal(5_000U, stream.Seen[0].Hello.BeatIntervalMs);
        Assert.All(stream.Seen.Skip(1), one => Assert.Null(one.Hello));
    });

    [Fact]
    public void W02_nothing_is_hinted_before_it_is_durable() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var stream = world.Watch(session);
        await world.PassAsync(s_tick);
        var disk = new TaskCompletionSource();
        world.Store.BeforeWrite = write => write is StoreWrite.AppendGroup ? disk.Task : Task.CompletedTask;
        var push = world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick * 5);
        Assert.Empty(stream.Commits);
        disk.SetResult();
        await push;
        await world.PassAsync(s_tick);
        Assert.Single(stream.Commits);
    });

    [Fact]
    public void W03_commits_come_in_order_without_holes() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var stream = world.Watch(session);
        await world.PassAsync(s_tick);
        for (var i = 0; i < 20; i++)
        {
            await world.PushAsync(session, circle.Put(owner));
            await world.PassAsync(s_tick);
        }

        Assert.Equal(circle.Commits.Skip(2), stream.Commits.Select(commit => commit.Record.Commit));
        Assert.Equal(circle.Token, stream.Commits.Last().Token);
        Assert.Empty(stream.Moves);
    });

    [Fact]
    public void W04_nothing_falls_between_fetch_and_watch() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var fetched = circle.Token;
        await world.PushAsync(session, circle.Put(owner));
        var during = world.PushAsync(session, circle.Put(owner));
        var stream = world.Watch(session, (circle.Id, fetched));
        await during;
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick * 3);
        var last = stream.Seen.Last(one => one.Commit is not null || one.HeadMoved is not null);
        var reached = last.Commit?.Token ?? new ChangeToken(circle.Id, Head(last.HeadMoved.Head)).ToByteString();
        Assert.Equal(circle.Token, reached);
    });

    [Fact]
    public void W04_each_commit_after_a_token_comes_inline() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var fetched = circle.Token;
        await world.PushAsync(session, circle.Put(owner));
        await world.PushAsync(session, circle.Put(owner));
        var stream = world.Watch(session, (circle.Id, fetched));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.Commits.Skip(2), stream.Commits.Select(commit => commit.Record.Commit));
        var whole = world.Watch(session, (circle.Id, Google.Protobuf.ByteString.Empty));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.Commits, whole.Commits.Select(commit => commit.Record.Commit));
    });

    [Fact]
    public void W05_groups_without_a_token_start_at_their_present_head() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        await world.PushAsync(session, circle.Put(owner));
        var stream = world.Watch(session);
        await world.PassAsync(s_tick);
        Assert.Single(stream.Seen);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.Commits[^1], Assert.Single(stream.Commits).Record.Commit);
    });

    [Fact]
    public void W06_a_token_of_another_chain_gets_the_head() => Run(async world =>
    {
        var (_, session, circle) = await world.FoundAsync();
        var fork = new ChangeToken(circle.Id, circle.State.Head with { Id = EntryId.Parse(world.Random.Bytes(32)) });
        var stream = world.Watch(session, (circle.Id, fork.ToByteString()));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.State.Head.ToGroupHead(), Assert.Single(stream.Moves).Head);
    });

    [Fact]
    public void W07_small_commits_bring_their_blobs_and_large_ones_are_announced() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var stream = world.Watch(session);
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.Blobs[0], Assert.Single(stream.Commits).Record.Blobs[0].Content.ToByteArray());
        await world.PushAsync(session, circle.Put(owner, blobBytes: (64 << 10) + Limits.BoxOverheadBytes));
        await world.PassAsync(s_tick);
        Assert.Single(stream.Commits);
        Assert.Equal(circle.State.Head.ToGroupHead(), Assert.Single(stream.Moves).Head);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.Token, stream.Commits.Last().Token);
    });

    [Fact]
    public void W08_a_slow_reader_gets_the_newest_head_and_delays_nobody() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (slow, fast) = (world.Watch(session), world.Watch(session));
        await world.PassAsync(s_tick);
        slow.Hold();
        for (var i = 0; i < 50; i++)
        {
            await world.PushAsync(session, circle.Put(owner));
            await world.PassAsync(s_tick);
        }

        Assert.Equal(50, fast.Commits.Count());
        Assert.Single(slow.Commits);
        slow.Release();
        await world.PassAsync(s_tick);
        Assert.Equal(circle.State.Head.ToGroupHead(), Assert.Single(slow.Moves).Head);
    });

    [Fact]
    public void W09_a_lost_ring_costs_a_hundred_milliseconds() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (member, _) = await world.AddAsync(session, owner, circle, Role.Editor);
        var stream = world.Watch(session);
        await world.PassAsync(s_tick);
        // Written past the engine, as another node would: nobody rings.
        var attestation = new StoredAttestation(circle.Id, member.Id, member.DeviceId, 1, new Attestation());
        await world.Store.WriteAsync(new StoreWrite.KeepAttestations([attestation]), default);
        await world.Pump.IdleAsync();
        Assert.DoesNotContain(stream.Seen, one => one.Attestation is not null);
        await world.PassAsync(s_tick);
        Assert.Contains(stream.Seen, one => one.Attestation is not null);
    });

    [Fact]
    public void W10_beats_rise_and_stop_when_the_store_takes_no_writes() => Run(async world =>
    {
        var (_, session, _) = await world.FoundAsync();
        var stream = world.Watch(session);
        await world.PassAsync(TimeSpan.FromSeconds(21));
        var counters = stream.Beats.Select(beat => beat.Counter).ToList();
        Assert.Equal(4, counters.Count);
        Assert.Equal(counters.Distinct().Order(), counters);
        world.Store.BeforeWrite = _ => throw new StoreUnavailableException("full");
        await world.PassAsync(TimeSpan.FromSeconds(60));
        Assert.InRange(stream.Beats.Count(), 4, 5);
        world.Store.BeforeWrite = null;
        await world.PassAsync(TimeSpan.FromSeconds(6));
        Assert.InRange(stream.Beats.Count(), 5, 7);
    });

    [Fact]
    public void W10_a_relay_that_wrote_nothing_since_its_start_confirms_nothing() => Run(async world =>
    {
        await world.StopAsync();
        await world.StartAsync(beforeWrite: _ => throw new StoreUnavailableException("full"));
        Assert.False(world.Relay.IsConfirming);
        world.Store.BeforeWrite = null;
        await world.PassAsync(TimeSpan.FromSeconds(2));
        Assert.True(world.Relay.IsConfirming);
    });

    [Fact]
    public void W11_a_former_member_hears_of_the_end_and_of_nothing_after() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (member, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
        var stream = world.Watch(theirs);
        await world.PassAsync(s_tick);
        await Task.WhenAll(
            world.PushAsync(session, circle.Remove(owner, member, owner)),
            world.PushAsync(session, circle.Put(owner)));
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        var last = stream.Seen[^1];
        var reached = last.HeadMoved is { } moved ? Head(moved.Head) : TokenHead(last.Commit.Token);
        Assert.Equal(3UL, reached.Seq);
        Assert.DoesNotContain(stream.Commits, commit => TokenHead(commit.Token).Seq > 3);
    });

    [Fact]
    public void W12_a_new_member_hears_of_the_group_on_streams_that_run() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var joiner = await world.RegisterAsync();
        var stream = world.Watch(await world.OpenAsync(joiner));
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Add(owner, joiner, Role.Editor));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.State.Head.ToGroupHead(), Assert.Single(stream.Moves).Head);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.Token, Assert.Single(stream.Commits).Token);
    });

    [Fact]
    public void W13_revocation_ends_streams_at_once_and_sends_nothing_that_waits() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (device, sync) = (SigningKey.Create(world.Random), SigningKey.Create(world.Random));
        await world.Relay.Accounts.PushAsync(session, owner.Push(owner.AddDevice(device, sync)), default);
        var id = KeyIds.OfDevice(device.PublicKey);
        var thief = await world.OpenAsync(owner, id, sync);
        var stream = world.Watch(thief);
        await world.PassAsync(s_tick);
        stream.Hold();
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        var seen = stream.Seen.Count;
        await world.Relay.Accounts.PushAsync(session, owner.Revoke(id), default);
        stream.Release();
        await stream.Task;
        Assert.Equal(FaultCode.SessionRevoked, stream.Ended?.Code);
        Assert.Equal(seen, stream.Seen.Count);
        await RefusedAsync(FaultCode.SessionRevoked, () => { thief.Admit(); return Task.CompletedTask; });
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(owner, id, sync));
        Assert.Single((await world.HeadsAsync(session)).Heads);
    });

    [Fact]
    public void W13_a_stream_whose_reader_takes_nothing_is_cut_off_and_let_go() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (device, sync) = (SigningKey.Create(world.Random), SigningKey.Create(world.Random));
        await world.Relay.Accounts.PushAsync(session, owner.Push(owner.AddDevice(device, sync)), default);
        var id = KeyIds.OfDevice(device.PublicKey);
        var stream = world.Watch(await world.OpenAsync(owner, id, sync));
        await world.PassAsync(s_tick);
        stream.Hold();
        var seen = stream.Seen.Count;
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        Assert.Equal(seen + 1, stream.Seen.Count);
        Assert.False(stream.Task.IsCompleted);
        await world.Relay.Accounts.PushAsync(session, owner.Revoke(id), default);
        await world.PassAsync(s_tick);
        Assert.True(stream.Task.IsCompleted);
        Assert.Equal(FaultCode.SessionRevoked, stream.Ended?.Code);
    });

    [Fact]
    public void W14_accounts_attestations_and_joins_are_hinted() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (member, theirs) = await world.AddAsync(session, owner, circle, Role.Viewer);
        var (mine, other) = (world.Watch(session), world.Watch(theirs));
        await world.PassAsync(s_tick);
        var statement = new AttestationBody
        {
            Version = 1,
            Group = circle.Id.ToByteString(),
            Account = member.Id.ToByteString(),
            Device = member.DeviceId.ToByteString(),
            Counter = 1,
            AccountHead = member.Account.Head.ToAccountHead(),
            GroupHead = circle.State.Head.ToGroupHead(),
        };
        var attestation = SignedProofs.Attest(statement, member.Sync);
        await world.HeadsAsync(theirs, attestation);
        await world.Relay.Accounts.PushAsync(
            session, owner.Push(owner.AddDevice(SigningKey.Create(world.Random), SigningKey.Create(world.Random))), default);
        await world.PassAsync(s_tick);
        Assert.Equal(attestation, mine.Seen.Single(one => one.Attestation is not null).Attestation);
        Assert.DoesNotContain(other.Seen, one => one.Attestation is not null);
        Assert.Equal(owner.Account.Head.ToAccountHead(), mine.Seen.Single(one => one.AccountMoved is not null).AccountMoved);
        Assert.Equal(attestation, Assert.Single((await world.HeadsAsync(session)).Attestations));
    });

    [Fact]
    public void W15_a_stream_ends_with_its_session() => Run(async world =>
    {
        var (_, session, _) = await world.FoundAsync();
        var stream = world.Watch(session);
        await world.PassAsync(TimeSpan.FromMinutes(61));
        Assert.Equal(FaultCode.Unauthenticated, stream.Ended?.Code);
    });

    [Fact]
    public void W16_a_device_has_a_bounded_number_of_streams_and_the_oldest_goes() => Run(async world =>
    {
        var (_, session, _) = await world.FoundAsync();
        var streams = Enumerable.Range(0, 5).Select(_ => world.Watch(session)).ToList();
        await world.PassAsync(s_tick);
        Assert.Equal(FaultCode.RateLimited, streams[0].Ended?.Code);
        Assert.All(streams.Skip(1), stream => Assert.Null(stream.Ended));
        streams[1].Leave();
        await streams[1].Task;
        Assert.Null(streams[1].Ended);
    });

    [Fact]
    public void W17_a_probe_comes_back_to_the_device_that_sent_it_and_to_nobody_else() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (_, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
        var (device, sync) = (SigningKey.Create(world.Random), SigningKey.Create(world.Random));
        await world.Relay.Accounts.PushAsync(session, owner.Push(owner.AddDevice(device, sync)), default);
        var sibling = await world.OpenAsync(owner, KeyIds.OfDevice(device.PublicKey), sync);
        var (mine, mineToo, other, member) = (world.Watch(session), world.Watch(session), world.Watch(sibling), world.Watch(theirs));
        await world.PassAsync(s_tick);
        var nonce = Nonce(world);
        Assert.Equal(2U, Probe(world, session, nonce).Streams);
        await world.PassAsync(s_tick);
        Assert.Equal(nonce, Assert.Single(mine.Probes));
        Assert.Equal(nonce, Assert.Single(mineToo.Probes));
        Assert.Empty(other.Probes);
        Assert.Empty(member.Probes);
    });

    [Fact]
    public void W17_a_probe_goes_the_way_of_hints_and_waits_for_a_tail_that_hangs() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var stream = world.Watch(session);
        await world.PassAsync(s_tick);
        var hang = new TaskCompletionSource();
        world.Store.OnChanges = async changes =>
        {
            await hang.Task;
            return changes;
        };
        Probe(world, session, Nonce(world));
        await world.PassAsync(TimeSpan.FromSeconds(4));
        Assert.Empty(stream.Probes);
        world.Store.OnChanges = null;
        hang.SetResult();
        await world.PassAsync(s_tick);
        Assert.Single(stream.Probes);

        // What was taken before it comes before it.
        await world.PushAsync(session, circle.Put(owner));
        Probe(world, session, Nonce(world));
        await world.PassAsync(s_tick);
        Assert.NotNull(stream.Seen[^1].Probe);
        Assert.NotNull(stream.Seen[^2].Commit);
    });

    [Fact]
    public void W17_of_several_probes_that_wait_the_newest_comes() => Run(async world =>
    {
        var (_, session, _) = await world.FoundAsync();
        var stream = world.Watch(session);
        await world.PassAsync(s_tick);
        stream.Hold();
        Probe(world, session, Nonce(world));
        await world.PassAsync(s_tick);
        var (second, newest) = (Nonce(world), Nonce(world));
        Probe(world, session, second);
        await world.PassAsync(s_tick);
        Probe(world, session, newest);
        await world.PassAsync(s_tick);
        stream.Release();
        await world.PassAsync(s_tick);
        Assert.Equal(2, stream.Probes.Count());
        Assert.Equal(newest, stream.Probes.Last());
    });

    [Fact]
    public void W17_probes_are_rated_and_need_a_nonce_a_stream_and_a_device() => Run(async world =>
    {
        var (owner, session, _) = await world.FoundAsync();
        Assert.Equal(0U, Probe(world, session, Nonce(world)).Streams);
        var stream = world.Watch(session);
        await world.PassAsync(s_tick);
        Assert.Empty(stream.Probes);
        await RefusedAsync(FaultCode.BadRequest, () => Task.FromResult(Probe(world, session, world.Random.Bytes(15))));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(1U, Probe(world, session, Nonce(world)).Streams);
        }

        await RefusedAsync(FaultCode.RateLimited, () => Task.FromResult(Probe(world, session, Nonce(world))));
        await world.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(1U, Probe(world, session, Nonce(world)).Streams);
        var locker = await world.OpenAsync(SignedProofs.LockerSession(Name, world.Nonce(), owner.Auth));
        await RefusedAsync(FaultCode.NotAllowed, () => Task.FromResult(Probe(world, locker, Nonce(world))));
    });

    private static ProbeResponse Probe(RelayWorld world, Session session, byte[] nonce) =>
        world.Relay.Watches.Probe(session, new ProbeRequest { Nonce = Google.Protobuf.ByteString.CopyFrom(nonce) });

    private static byte[] Nonce(RelayWorld world) => world.Random.Bytes(16);

    private static ChainHead Head(GroupHead head) => ChainHead.TryParse(head, out var parsed) ? parsed : default;

    private static ChainHead TokenHead(Google.Protobuf.ByteString token) => ChangeToken.TryParse(token, out var parsed) ? parsed.Head : default;
}
