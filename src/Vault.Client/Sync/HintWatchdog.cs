using Vault.Client.Replicas;
using Vault.Core.Ids;

namespace Vault.Client.Sync;

/// <summary>
/// Watches the stream by what the poll finds (design.md, section 5): a head that no hint reached within two seconds means that
/// notifications are failing, also where this device's own pull or push had come upon it first. The stream has proven itself again when
/// it told of something before any poll found it, and the chain holds what it told of.
/// </summary>
internal sealed class HintWatchdog(ClientCore core)
{
    // The highest position that the stream told of, or was opened at.
    private readonly Dictionary<GroupId, ulong> _hinted = [];

    // Of the newest head that was looked at: each is counted once.
    private readonly Dictionary<GroupId, ulong> _judged = [];

    // Missed heads that the relay has not been told of yet.
    private uint _unreported;

    /// <summary>What to report with the next poll. Taken at once, so that two polls at a time do not report it twice.</summary>
    public uint TakeReport()
    {
        var misses = _unreported;
        _unreported = 0;
        return misses;
    }

    /// <summary>The poll that should have reported it got no answer.</summary>
    public void GiveBack(uint misses) => _unreported += misses;

    /// <summary>A stream was opened: what stands before its token is not its to bring.</summary>
    public void Opened(GroupId group, ReadPoint from)
    {
        if (from.Position > 0)
        {
            _hinted[group] = Math.Max(_hinted.GetValueOrDefault(group), (ulong)from.Position - 1);
        }
    }

    /// <summary>A hint came. It lowers freshness and never raises it.</summary>
    /// <param name="isVerified">It brought the commit itself, and that is valid.</param>
    public void Hinted(FollowedGroup group, ulong seq, bool isVerified)
    {
        _hinted[group.Id] = Math.Max(_hinted.GetValueOrDefault(group.Id), seq);
        if (isVerified && seq > (group.Proof?.Head.Seq ?? 0))
        {
            core.NotificationsFailing = false;
        }

        group.Hints.Add(seq, core.BootNow);
    }

    /// <summary>A reply to one's own request says where the relay stands.</summary>
    public void Prove(FollowedGroup group, Proof proof)
    {
        // What the stream said first and the relay confirms now was a true hint; one that nothing confirms says nothing.
        if (group.Prove(proof))
        {
            core.NotificationsFailing = false;
        }
    }

    /// <summary>A poll found a head.</summary>
    public async void Found(FollowedGroup group, ulong seq)
    {
        var isTold = _hinted.TryGetValue(group.Id, out var hinted);

        // A lying hint blinds the watchdog no longer than to the next proof.
        if (group.Hints.Highest == 0 && hinted > seq)
        {
            _hinted[group.Id] = seq;
        }

        // A group that came to be followed after the stream was opened, and that it has not told of yet, is judged by what is new in it.
        var isNew = isTold || seq > group.VerifiedSeq;
        if (hinted >= seq || !isNew || group.State is null || group.Follow != Follow.Accepted || !core.ExpectsHints
            || (_judged.TryGetValue(group.Id, out var judged) && judged == seq))
        {
            return;
        }

        _judged[group.Id] = seq;
        try
        {
            await Task.Delay(core.Options.HintGrace, core.Seams.Time, core.Stopping);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (_hinted.GetValueOrDefault(group.Id) >= seq)
        {
            return;
        }

        core.NoteMiss();
        _unreported++;
        if (!core.NotificationsFailing)
        {
            core.NotificationsFailing = true;

            // The poll's pause is a shorter one from now on.
            core.PollWake.Set();
            core.RaiseChanged(group.Id);
        }
    }
}
