using Vault.Client;
using Vault.Client.Groups;
using Vault.Core.Ids;
using Vault.Ipc.V1;
using DeviceStanding = Vault.Client.Groups.DeviceStanding;
using GroupView = Vault.Ipc.V1.GroupView;

namespace Vault.Agent.Views;

/// <summary>Which devices of a group agree, as the contract shows it.</summary>
internal static class ConvergenceViews
{
    private const int LaggingMost = 16;

    /// <summary>Fills in what a group's devices say.</summary>
    public static void Add(VaultClient client, Client.Groups.GroupView group, GroupView view, bool withDevices)
    {
        if (group.Role == Protocol.V1.Role.Unspecified)
        {
            return;
        }

        var convergence = client.Groups.Convergence(group.Id);
        var names = new Lazy<Dictionary<AccountId, string>>(() => client.Groups.Members(group.Id).ToDictionary(member => member.Account, member => member.Name));
        var self = convergence.Devices.FirstOrDefault(device => device.Standing == DeviceStanding.Self)?.Account;
        string NameOf(AccountId account) => names.Value.GetValueOrDefault(account, "");
        view.Devices = (uint)convergence.Devices.Count;
        view.DevicesAgreeing = (uint)convergence.Agreeing;
        view.Lagging.Add(convergence.Lagging.Take(LaggingMost).Select(device => Lag(device, NameOf(device.Account))));
        if (convergence.Witness is { } witness)
        {
            view.Witness = Of(witness, NameOf(witness.Account), self);
        }

        if (withDevices)
        {
            view.MemberDevices.Add(convergence.Devices.Select(device => Of(device, NameOf(device.Account), self)));
            foreach (var device in view.MemberDevices.Where(device => device.Standing == Ipc.V1.DeviceStanding.Self))
            {
                device.DeviceName = client.Accounts.WhoAmI().DeviceName;
            }
        }
    }

    private static DeviceLag Lag(DeviceConvergence device, string name)
    {
        var lag = new DeviceLag { Member = name, DeviceId = device.Device.ToString(), Disputes = device.Standing == DeviceStanding.Disputes };
        if (device.Standing == DeviceStanding.Behind)
        {
            lag.Behind = device.Behind;
        }

        if (device.HeardAge is { } seen)
        {
            lag.SeenAgeMs = (ulong)seen.TotalMilliseconds;
        }

        if (device.BehindFor is { } behind)
        {
            lag.BehindMs = (ulong)behind.TotalMilliseconds;
        }

        return lag;
    }

    /// <summary>The standings stand in one order on both sides; the contract's begin at 1.</summary>
    private static MemberDevice Of(DeviceConvergence device, string name, AccountId? self)
    {
        var view = new MemberDevice
        {
            AccountId = device.Account.ToString(),
            Member = name,
            Self = device.Account == self,
            DeviceId = device.Device.ToString(),
            Standing = (Ipc.V1.DeviceStanding)((int)device.Standing + 1),
            Behind = device.Behind,
        };
        if (device.HeadSeq is { } head)
        {
            view.HeadSeq = head;
        }

        if (device.BehindFor is { } behind)
        {
            view.BehindMs = (ulong)behind.TotalMilliseconds;
        }

        if (device.AgreedAge is { } agreed)
        {
            view.AgreedAgeMs = (ulong)agreed.TotalMilliseconds;
        }

        if (device.HeardAge is { } seen)
        {
            view.SeenAgeMs = (ulong)seen.TotalMilliseconds;
        }

        return view;
    }
}
