using System.Globalization;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Output;

/// <summary>Which devices agree, for people.</summary>
internal static class ConvergenceText
{
    // A device speaks once a minute at most and is heard with the next poll: younger than this, it is only on its way.
    private const ulong OnItsWayMs = 180_000;

    /// <summary>The one thing about a group's other devices that a person should look at. Empty: nothing.</summary>
    public static string Remark(GroupView group)
    {
        var lag = group.Lagging.FirstOrDefault(lag => lag.Disputes || !lag.HasBehind || !lag.HasBehindMs || lag.BehindMs >= OnItsWayMs);
        return lag switch
        {
            null => "",
            { Disputes: true } => $"{Whose(lag.Member)} attests another history than the relay serves here",
            { HasBehind: true } => $"{Whose(lag.Member)} is {Changes(lag.Behind)} behind{(lag.HasBehindMs ? $" for {Durations.Format(lag.BehindMs)}" : "")}",
            _ => $"{Whose(lag.Member)} was never heard of",
        };
    }

    /// <summary>The second figure beside the relay's claim. Empty: no other device agreed with this head.</summary>
    public static string Witness(MemberDevice? witness) =>
        witness is { HasAgreedAgeMs: true } ? $"{(witness.Self ? "another of your devices" : Whose(witness.Member))} agreed within the last {Durations.Format(witness.AgreedAgeMs)}" : "";

    /// <summary>A group's devices as rows: group, member, device, head, standing, agreed, heard.</summary>
    public static IEnumerable<string[]> Rows(GroupView group) => group.MemberDevices.Select(device => new[]
    {
        Names.OrId(group.Name, group.Id),
        Names.OrId(device.Member, device.AccountId),
        Names.OrId(device.DeviceName, device.DeviceId),
        device.HasHeadSeq ? device.HeadSeq.ToString(CultureInfo.InvariantCulture) : "–",
        Standing(device),
        device.HasAgreedAgeMs ? $"within {Durations.Format(device.AgreedAgeMs)}" : "–",
        device.HasSeenAgeMs ? $"{Durations.Format(device.SeenAgeMs)} ago" : "–",
    });

    private static string Standing(MemberDevice device) => device.Standing switch
    {
        DeviceStanding.Behind => $"{Changes(device.Behind)} behind{(device.HasBehindMs ? $" for {Durations.Format(device.BehindMs)}" : "")}",
        DeviceStanding.Disputes => "DISPUTES",
        var standing => Names.Of(standing).Replace('-', ' '),
    };

    private static string Whose(string member) => member.Length == 0 ? "a member's device" : $"a device of {member}";

    private static string Changes(ulong count) => count == 1 ? "1 change" : $"{count} changes";
}
