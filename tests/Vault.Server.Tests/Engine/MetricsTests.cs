using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Health.V1;
using Vault.Protocol.V1;
using Vault.Server.Services;
using Vault.Server.Stores;
using Vault.Server.Tests.Kit;
using static Grpc.Health.V1.HealthCheckResponse.Types;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>What an operator sees of a relay.</summary>
public sealed class MetricsTests
{
    [Fact]
    public void The_lag_of_a_hint_counts_from_durability_to_the_stream() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        using var measured = new Measured(world);
        world.Watch(session, (circle.Id, circle.Token));
        await world.PassAsync(TimeSpan.FromSeconds(1));
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal([0], measured.Of("vault_delivery_lag_seconds"));

        var hang = new TaskCompletionSource();
        world.Store.OnChanges = async changes =>
        {
            await hang.Task;
            return changes;
        };
        await world.PassAsync(TimeSpan.FromMilliseconds(200));
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(TimeSpan.FromSeconds(1.5));
        world.Store.OnChanges = null;
        hang.SetResult();
        await world.PassAsync(TimeSpan.FromMilliseconds(100));
        Assert.Equal(2, measured.Of("vault_delivery_lag_seconds").Count);
        Assert.InRange(measured.Of("vault_delivery_lag_seconds")[1], 1.5, 1.6);
    });

    [Fact]
    public void A_reader_that_takes_nothing_shows_as_lag() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        using var measured = new Measured(world);
        var slow = world.Watch(session, (circle.Id, circle.Token));
        await world.PassAsync(TimeSpan.FromSeconds(1));
        slow.Hold();
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(TimeSpan.FromSeconds(3));
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(TimeSpan.FromSeconds(4));
        slow.Release();
        await world.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal([7, 4], measured.Of("vault_delivery_lag_seconds").Select(seconds => Math.Round(seconds)));
    });

    [Fact]
    public void Pushes_are_counted_by_outcome_and_writes_by_their_time() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        using var measured = new Measured(world);
        var (put, blob) = circle.NewPut(Core.Ids.ItemId.Parse(world.Random.Bytes(16)));
        var loser = circle.Push([circle.Draft(owner, body => body.Puts.Add(put))], blob);
        var winner = circle.Put(owner);
        await world.PushAsync(session, winner);
        await world.PushAsync(session, winner);
        await world.PushAsync(session, loser);
        await RefusedAsync(FaultCode.BadBlob, () => world.PushAsync(session, circle.Push(circle.Put(owner).Commits)));
        Assert.Equal(["accepted", "known", "head_moved", "refused"], measured.LabelsOf("vault_pushes_total"));
        Assert.NotEmpty(measured.Of("vault_store_write_seconds"));
    });

    [Fact]
    public void Health_is_serving_only_while_the_canary_row_is_written() => Run(async world =>
    {
        var health = new HealthCalls(world.Relay, world.Time);
        Assert.Equal(ServingStatus.Serving, await CheckAsync());
        world.Store.BeforeWrite = _ => throw new StoreUnavailableException("staged");
        await world.PassAsync(TimeSpan.FromSeconds(4));
        Assert.Equal(ServingStatus.Serving, await CheckAsync());
        await world.PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(ServingStatus.NotServing, await CheckAsync());
        world.Store.BeforeWrite = null;
        await world.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(ServingStatus.Serving, await CheckAsync());
        var unknown = await Assert.ThrowsAsync<RpcException>(() => health.Check(new HealthCheckRequest { Service = "another" }, null!));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);

        async Task<ServingStatus> CheckAsync() => (await health.Check(new HealthCheckRequest(), null!)).Status;
    });

    /// <summary>Everything that one relay's instruments record from now on.</summary>
    private sealed class Measured : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<(string Name, double Value, string Labels)> _all = [];

        public Measured(RelayWorld world)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == world.Relay.Meter)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.Start();
        }

        public IReadOnlyList<double> Of(string name) => [.. _all.Where(one => one.Name == name).Select(one => one.Value)];

        public IEnumerable<string> LabelsOf(string name) => _all.Where(one => one.Name == name).Select(one => one.Labels);

        public void Dispose() => _listener.Dispose();

        private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _all.Add((instrument.Name, value, string.Join(',', tags.ToArray().Select(tag => tag.Value))));
    }
}
