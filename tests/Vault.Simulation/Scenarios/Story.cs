using Vault.Simulation.History;

namespace Vault.Simulation.Scenarios;

/// <summary>
/// One seed: people register, found a group, and live through busy and quiet times while things go wrong; then everything heals,
/// and within a bound all must be at rest with nothing lost.
/// </summary>
public sealed class Story : IDisposable
{
    private static readonly TimeSpan SetupLimit = TimeSpan.FromMinutes(5);

    private readonly Household _house;
    private readonly Disturbances _disturbances;
    private readonly Actions _actions;
    private readonly Sampler _sampler;
    private readonly Operator _operator;

    public Story(ulong seed, bool brief = false, TextWriter? history = null)
    {
        _house = new Household(seed, brief, history);
        _disturbances = new Disturbances(_house);
        _actions = new Actions(_house, new Edits(_house));
        _sampler = new Sampler(_house);
        _operator = new Operator(_house);
        _house.LookAt = _sampler.LookAt;
    }

    /// <summary>Runs it; throws when a promise is broken.</summary>
    public SimulationResult Run()
    {
        _house.Kernel.Await(SetUpAsync(), SetupLimit);
        for (var round = 0; round < _house.Swarm.Rounds; round++)
        {
            Live(_house.Swarm.Busy, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(1.5), _house.Swarm.ActionRate, TimeSpan.FromSeconds(25));
            Live(_house.Swarm.Quiet, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), 0.08, TimeSpan.FromSeconds(120));
        }

        _disturbances.Heal();
        _house.Chronicle.Add(new Healed());
        var ending = new Ending(_house, _sampler, _operator, () =>
        {
            _disturbances.Restart();
            _operator.Look();
        });
        ending.Run();
        _house.Note("samples", _sampler.Taken);
        _house.Note("samples: fresh", _sampler.Fresh);
        return new SimulationResult(
            _house.Kernel.TraceHash,
            _house.Kernel.Events,
            TimeSpan.FromTicks(_house.Kernel.Now),
            _house.Devices.Count,
            _house.Occurred);
    }

    public void Dispose() => _house.Dispose();

    private void Live(TimeSpan time, TimeSpan shortest, TimeSpan longest, double actions, TimeSpan lasting)
    {
        for (var end = _house.Kernel.Now + time.Ticks; _house.Kernel.Now < end;)
        {
            _disturbances.Roll(lasting);
            if (_house.Dice.Chance(actions))
            {
                _actions.Act();
            }

            _house.Kernel.RunUntil(TimeSpan.FromTicks(_house.Kernel.Now) + _house.Dice.Between(shortest, longest));
            _operator.Look();
            _sampler.Look();
        }
    }

    private async Task SetUpAsync()
    {
        await _house.Relay.StartAsync();
        foreach (var device in _house.Devices)
        {
            await device.StartAsync();
            await device.RegisterAsync();
        }

        var first = _house.Devices[0];
        await _actions.FoundAsync(first, first.Client!);
    }
}
