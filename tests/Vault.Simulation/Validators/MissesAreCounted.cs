using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>
/// Invariant 17: where hints of changes are swallowed while beats and calls go through, the device says within a minute that
/// notifications fail, and what devices counted the relay's metric counts too.
/// </summary>
public sealed class MissesAreCounted : Validator
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, long> _deafSince = [];
    private readonly Dictionary<(string Device, GroupId Group), ulong> _knew = [];
    private long? _relaySince;

    public override string Promise => "misses are counted";

    public override void Saw(Happening happening, Known known)
    {
        switch (happening)
        {
            case DeviceHealth { IsHealthy: true, HearsChanges: false } device:
                if (_deafSince.TryAdd(device.Device, happening.At))
                {
                    foreach (var key in _knew.Keys.Where(key => key.Device == device.Device).ToList())
                    {
                        _knew.Remove(key);
                    }
                }

                break;
            case DeviceHealth device:
                _deafSince.Remove(device.Device);
                break;
            case RelayHealth { IsUp: true, IsTailFree: true, TakesWrites: true, IsWindowOpen: false }:
                _relaySince ??= happening.At;
                break;
            case RelayHealth:
                _relaySince = null;
                break;
            case Shown shown when _relaySince is { } relay && _deafSince.TryGetValue(shown.Device, out var deaf):
                Judge(shown, Math.Max(relay, deaf), known);
                break;
            case MissesCounted { ByClients: > 0, ByRelay: 0 } counted:
                throw Broken($"devices counted {counted.ByClients} misses, and the relay none");
            default:
                break;
        }
    }

    // The first miss after which the stream has not spoken of anything: a commit by somebody else, a minute ago.
    private void Judge(Shown shown, long since, Known known)
    {
        if (_knew.TryGetValue((shown.Device, shown.Group), out var before) && !shown.IsFailing
            && known.AccountOf(shown.Device) is { } account
            && known.Chain(shown.Group) is var chain
            && chain.Commits.Skip((int)before + 1).FirstOrDefault(commit => commit.At > since + Minute.Ticks && IsOthers(chain, commit, account)) is { } missed
            && shown.At - missed.At > Minute.Ticks)
        {
            throw Broken($"{shown.Device} was told nothing of {missed.Seq} of {shown.Group} for {TimeSpan.FromTicks(shown.At - missed.At)} and does not say that notifications fail");
        }

        _knew[(shown.Device, shown.Group)] = shown.Seq;
    }

    private static bool IsOthers(AcceptedChain chain, CommitAccepted commit, AccountId account) =>
        commit.Seq > 0 && commit.Body.AuthorAccount != account.ToByteString() && chain.Before(commit.Seq).RoleOf(account) != Role.Unspecified;
}
