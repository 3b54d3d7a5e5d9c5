using Vault.Simulation.History;
using Vault.Simulation.Time;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>What a seed runs in: its people, their devices, the relay, and what was noted of it.</summary>
public sealed class Household : IDisposable
{
    private readonly SortedDictionary<string, int> _occurred = new(StringComparer.Ordinal);

    /// <summary>A world of people without accounts and a relay that does not run yet.</summary>
    public Household(ulong seed, bool brief, TextWriter? history)
    {
        Seed = seed;
        Kernel = new Kernel(seed);
        Dice = new Dice(seed, "story");
        Swarm = new Swarm(new Dice(seed, "swarm"), brief);
        Chronicle = new Chronicle(() => Kernel.Now, Kernel.Fail, history);
        Relay = new SimulatedRelay(Kernel, seed, Swarm.Limits());
        Relay.Accepted += Chronicle.Add;
        Relay.Changed += Chronicle.Add;
        Relay.Died += Note;
        Relay.Collected += count =>
        {
            Note($"fault: {FaultKind.Collection}");
            Note("superseded blobs collected", (int)count);
        };
        Chronicle.Accepted += Count;
        for (var i = 0; i < Swarm.People; i++)
        {
            var person = new Person(new[] { "ann", "ben", "cyd", "dan" }[i]);
            People.Add(person);
            _ = NewDevice(person);
        }
    }

    public ulong Seed { get; }

    public Kernel Kernel { get; }

    /// <summary>Chance of the story: who does what, what goes wrong.</summary>
    public Dice Dice { get; }

    public Swarm Swarm { get; }

    public Chronicle Chronicle { get; }

    public SimulatedRelay Relay { get; }

    public List<Person> People { get; } = [];

    /// <summary>All devices of all people.</summary>
    public List<SimulatedDevice> Devices { get; } = [];

    /// <summary>How often each kind of thing happened.</summary>
    public IReadOnlyDictionary<string, int> Occurred => _occurred;

    /// <summary>Asks a device what it shows, at a moment of interest.</summary>
    public Action<SimulatedDevice>? LookAt { get; set; }

    /// <summary>Counts something that happened.</summary>
    public void Note(string what) => Note(what, 1);

    /// <summary>Counts several.</summary>
    public void Note(string what, int count) => _occurred[what] = _occurred.GetValueOrDefault(what) + count;

    /// <summary>A further machine of a person, not started.</summary>
    public SimulatedDevice NewDevice(Person person)
    {
        var device = new SimulatedDevice(Kernel, Relay, Seed, person, $"{person.Name}{person.Devices.Count + 1}");
        device.Link.Observer = new RelayObserver(device.Name, Chronicle);
        device.Link.Duplicated = () => Note("request duplicated");
        device.Changed += Chronicle.Add;
        device.Died += Note;
        person.Devices.Add(device);
        Devices.Add(device);
        return device;
    }

    /// <summary>Runs something that a crash or a refusal may end; anything else is a finding.</summary>
    /// <param name="device">Whose process does it: when that has ended, whatever it still runs into happens to nobody.</param>
    public async void Spawn(string what, Func<Task> action, SimulatedDevice? device = null)
    {
        var process = device?.Client;
        try
        {
            await action();
            Note(what);
        }
        catch (Exception e) when (Refused(what, e) || (device is not null && HasEnded(device, process)))
        {
        }
#pragma warning disable CA1031 // Whatever it is: the run has found something.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Kernel.Fail(new SimulationFailedException($"{what} met {e.GetType().Name}: {e.Message}", e));
        }
    }

    private static bool HasEnded(SimulatedDevice device, Client.VaultClient? process) =>
        process is null ? device.Client is null : device.Client != process;

    /// <summary>Whether this is how a crash or an honest refusal ends something; it is noted.</summary>
    public bool Refused(string what, Exception e)
    {
        if (Crash.Explains(e))
        {
            Note($"{what}: crash");
            return true;
        }

        if (e is Client.VaultException refused)
        {
            Refusals.RequireHonest(what, refused);
            Note($"{what}: {Refusals.Name(refused)}");
            return true;
        }

        return false;
    }

    public void Dispose()
    {
        foreach (var device in Devices)
        {
            device.Dispose();
        }

        Relay.Dispose();
        Kernel.Drop();
        Kernel.Dispose();
    }

    private void Count(CommitAccepted commit)
    {
        Note("commit");
        var body = commit.Body;
        NoteIf(body.Epoch is not null && body.Epoch.Number > 1, "commit: rotation");
        NoteIf(body.Adds.Count > 0, "commit: member added");
        NoteIf(body.Removes.Count > 0, "commit: member removed");
        NoteIf(body.Leave is not null, "commit: member left");
        NoteIf(body.Roles.Count > 0, "commit: role changed");
        NoteIf(body.OpenInvites.Count > 0, "commit: invite opened");
        NoteIf(body.ReAnchors.Count > 0, "commit: re-anchor");
        NoteIf(body.Puts.Count > 0, "commit: put");
        NoteIf(body.Deletes.Count > 0, "commit: delete");
        NoteIf(body.Puts.Count > 1, "commit: several puts");
        NoteIf(body.Genesis is not null, "commit: group founded");
    }

    private void NoteIf(bool condition, string what)
    {
        if (condition)
        {
            Note(what);
        }
    }
}
