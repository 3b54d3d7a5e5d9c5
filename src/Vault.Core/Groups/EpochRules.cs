using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>A new group key, and what is boxed under which (rules 319 to 323, 325).</summary>
internal static class EpochRules
{
    public static Fault? Apply(GroupDraft draft) => Start(draft) ?? CheckDue(draft) ?? CheckNamed(draft);

    private static Fault? Start(GroupDraft draft)
    {
        if (draft.Body.Epoch is not { } epoch)
        {
            return null;
        }

        // Written as a difference: the sum could wrap round at the maximum.
        if (epoch.Number <= draft.Now.Epoch || epoch.Number - draft.Now.Epoch > Limits.EpochStepMax)
        {
            return new Fault(FaultCode.EpochNumber);
        }

        var fault = CheckSeals(draft, epoch) ?? CheckWraps(draft, epoch);
        if (fault is null)
        {
            var record = new EpochRecord(epoch.Number, epoch.Commitment, draft.Author, draft.Head.Seq);
            draft.Now = draft.Now with
            {
                Epoch = epoch.Number,
                Epochs = draft.Now.Epochs.Add(epoch.Number, record),
                RotationDue = false,
            };
        }

        return fault;
    }

    private static Fault? CheckSeals(GroupDraft draft, Epoch epoch)
    {
        // Both ascend by account, so "exactly the roster" is "pairwise equal".
        var recipients = epoch.Seals.Select(seal => AccountId.Parse(seal.Account.Span));
        if (!recipients.SequenceEqual(draft.Now.Members.Keys))
        {
            return new Fault(FaultCode.SealRecipients, "epoch");
        }

        foreach (var (seal, member) in epoch.Seals.Zip(draft.Now.Members.Values))
        {
            if (Hash32.Parse(seal.KeyId.Span) != member.Anchor.SealingKeyId)
            {
                return new Fault(FaultCode.SealKey, "epoch");
            }
        }

        return null;
    }

    private static Fault? CheckWraps(GroupDraft draft, Epoch epoch) =>
        epoch.Wraps.All(wrap => draft.Now.Epochs.ContainsKey(wrap.Epoch)) ? null : new Fault(FaultCode.WrapEpoch);

    private static Fault? CheckDue(GroupDraft draft) =>
        draft.Now.RotationDue && HoldsBoxes(draft.Body) ? new Fault(FaultCode.RotationDue) : null;

    private static bool HoldsBoxes(GroupBody body) =>
        body.Puts.Count > 0 || body.Info is not null || body.Note is not null || body.OpenInvites.Count > 0;

    private static Fault? CheckNamed(GroupDraft draft)
    {
        var epoch = draft.Now.Epoch;
        var body = draft.Body;
        var wrong = (body.Info is { } info && info.Info.Epoch != epoch)
            || body.OpenInvites.Any(open => open.Terms.Epoch != epoch)
            || body.Puts.Any(put => put.Epoch != epoch)
            || (body.Note is { } note && note.Epoch != epoch);
        return wrong ? new Fault(FaultCode.WrongEpoch) : null;
    }
}
