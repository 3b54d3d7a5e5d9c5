using Vault.Client;
using Vault.Client.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.Time;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>
/// A relay and three people who share a group, under loss, delay, cuts, crashes before and after each COMMIT and sleep; then
/// everything heals, and within a bound all three must hold the same state with nothing lost.
/// </summary>
public sealed class FirstSlice : IDisposable
{
    private static readonly TimeSpan SetupLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Chaos = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan HealLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FreshnessBound = TimeSpan.FromSeconds(45);

    private readonly Kernel _kernel;
    private readonly Dice _dice;
    private readonly SimulatedRelay _relay;
    private readonly SimulatedDevice[] _devices;
    private readonly Disturbances _disturbances;
    private readonly EditLedger _ledger = new();
    private readonly HeadRecorder _heads;
    private readonly SortedDictionary<string, int> _occurred = new(StringComparer.Ordinal);
    private GroupId _group;

    public FirstSlice(ulong seed)
    {
        _kernel = new Kernel(seed);
        _dice = new Dice(seed, "story");
        _relay = new SimulatedRelay(_kernel, seed);
        _devices = [.. new[] { "ann", "ben", "cyd" }.Select(name => new SimulatedDevice(_kernel, _relay, seed, name))];
        _disturbances = new Disturbances(_kernel, _dice, _relay, _devices, Note);
        _heads = new HeadRecorder(_kernel, FreshnessBound);
    }

    /// <summary>Runs the whole story; throws when a promise is broken.</summary>
    public SimulationResult Run()
    {
        _kernel.Await(SetUpAsync(), SetupLimit);
        for (var end = _kernel.Now + Chaos.Ticks; _kernel.Now < end;)
        {
            _disturbances.Roll();
            Edit();
            Advance(_dice.Between(Step * 0.1, Step * 2));
        }

        _disturbances.Heal();
        for (var limit = _kernel.Now + HealLimit.Ticks; !HasConverged();)
        {
            if (_kernel.Now > limit)
            {
                throw new SimulationFailedException($"Convergence: not within {HealLimit} after everything healed. {Describe()}");
            }

            Advance(Step);
        }

        Validate();
        _occurred["fresh samples"] = _heads.FreshSamples;
        return new SimulationResult(_kernel.TraceHash, _kernel.Events, TimeSpan.FromTicks(_kernel.Now), _ledger.Count, _occurred);
    }

    public void Dispose()
    {
        foreach (var device in _devices)
        {
            device.Dispose();
        }

        _relay.Dispose();
        _kernel.Dispose();
    }

    private async Task SetUpAsync()
    {
        await _relay.StartAsync();
        foreach (var device in _devices)
        {
            await device.StartAsync();
            await device.RegisterAsync();
        }

        var ann = _devices[0].Client!;
        _group = (await ann.Groups.CreateAsync("family")).Id;
        foreach (var device in _devices.Skip(1))
        {
            var invite = await ann.Groups.InviteAsync(_group, Role.Editor, device.Name);
            await device.Client!.Groups.JoinAsync(invite.Code);
            await device.Client.Groups.WaitForJoinAsync(_group, SetupLimit);
        }
    }

    private void Advance(TimeSpan time)
    {
        _kernel.RunUntil(TimeSpan.FromTicks(_kernel.Now) + time);
        foreach (var device in _devices)
        {
            if (device.Client is { State: ClientState.Unlocked } client && client.Groups.Log(_group, 1) is [var newest])
            {
                _heads.Saw(device.Name, _group, newest.Seq, newest.Id, client.Sync.Status(_group).State);
            }
        }
    }

    private void Edit()
    {
        var device = _dice.Pick(_devices);
        if (device.Clock.IsAsleep || device.Client is not { State: ClientState.Unlocked } client)
        {
            return;
        }

        var value = _ledger.NextValue(device.Name);
        try
        {
            var items = client.Items.List(_group);
            if (items.Count < 3 || _dice.Chance(0.1))
            {
                client.Items.Add(_group, new Item { Version = 1, Type = ItemType.Login, Title = value });
                Note("item added");
            }
            else
            {
                var target = _dice.Pick(items);
                var field = _dice.Pick(["password", "username"]);
                client.Items.Edit(_group, target.Id, item => Set(item, field, value));
                Note("item edited");
            }

            _ledger.Accept(value);
        }
        catch (Exception e) when (Crash.Explains(e))
        {
            // Not accepted, as far as the person saw; the outbox may hold it all the same.
            Note("crash in an edit");
        }
        catch (VaultException e) when (e.Code == FaultCode.BlobWithheld)
        {
            // The commit is here and its content is still on the way: what is not shown cannot be edited.
            Note("edit of an item whose content is on the way");
        }
    }

    private bool HasConverged()
    {
        var heads = new HashSet<EntryId>();
        foreach (var device in _devices)
        {
            if (device.Client is not { State: ClientState.Unlocked } client || client.Items.Outbox().Count > 0)
            {
                return false;
            }

            var status = client.Sync.Status(_group);
            if (!status.IsFresh || status.MissingBlobs > 0)
            {
                return false;
            }

            heads.Add(client.Groups.Log(_group, 1)[0].Id);
        }

        return heads.Count == 1;
    }

    private void Validate()
    {
        var views = _devices.Select(device => device.Client!.Items.List(_group, withTrash: true)).ToArray();
        var digests = views.Select(Digest.Of).Distinct().ToArray();
        if (digests.Length != 1)
        {
            throw new SimulationFailedException("Equal state: devices at one head show different items.");
        }

        _ledger.RequireAllIn(views[0].Select(view => view.Item));
        _kernel.Trace($"state {digests[0]}");
    }

    private string Describe() => string.Join("; ", _devices.Select(device => device.Client is { } client
        ? $"{device.Name}: {client.State}, {client.Sync.Status(_group)}, {client.Items.Outbox().Count} in the outbox"
        : $"{device.Name}: down"));

    private void Note(string what) => _occurred[what] = _occurred.GetValueOrDefault(what) + 1;

    private static void Set(Item item, string id, string value)
    {
        var field = item.Fields.FirstOrDefault(field => field.Id == id);
        if (field is null)
        {
            field = new Field { Id = id, Type = FieldType.Concealed };
            item.Fields.Add(field);
        }

        field.Value = value;
    }
}
