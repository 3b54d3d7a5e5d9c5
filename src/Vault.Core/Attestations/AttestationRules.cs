using Vault.Core.Chains;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Attestations;

/// <summary>Whether an attestation counts: signed by the sync key of a device that the current roster authorises. FORMAT.md, section 9.</summary>
public static class AttestationRules
{
    /// <summary>The attestation, judged by the group as verified here.</summary>
    public static Verdict<VerifiedAttestation> Check(Attestation attestation, VerifiedGroup group)
    {
        ArgumentNullException.ThrowIfNull(attestation);
        ArgumentNullException.ThrowIfNull(group);
        if (attestation.Body.Length > Limits.AttestationBodyBytes)
        {
            return new Fault(FaultCode.TooLarge, "attestation");
        }

        if (!Canonical.TryParse(AttestationBody.Parser, attestation.Body, out var body))
        {
            return new Fault(FaultCode.NotCanonical, "attestation");
        }

        if (body.Version != ChainVerifier.FormatVersion)
        {
            return new Fault(FaultCode.UnknownFormat, "attestation");
        }

        if (body.Group != group.Id.ToByteString())
        {
            return new Fault(FaultCode.WrongChain, "attestation");
        }

        if (CheckShape(body) is { } misshapen)
        {
            return misshapen;
        }

        if (!AccountId.TryParse(body.Account, out var account) || group.MemberOf(account) is not { } member)
        {
            return new Fault(FaultCode.NotAMember, "attestation");
        }

        if (!DeviceId.TryParse(body.Device, out var id) || member.Anchor.Devices.GetValueOrDefault(id) is not { IsActive: true } device)
        {
            return new Fault(FaultCode.DeviceNotAuthorised, "attestation");
        }

        if (!Signatures.Verify(Purpose.SignAttestation, device.SyncKey.Span, attestation.Body.Span, attestation.Signature.Span))
        {
            return new Fault(FaultCode.BadSignature, "attestation");
        }

        _ = ChainHead.TryParse(body.AccountHead, out var accountHead);
        _ = ChainHead.TryParse(body.GroupHead, out var groupHead);
        return new VerifiedAttestation(attestation, body, accountHead, groupHead);
    }

    private static Fault? CheckShape(AttestationBody body)
    {
        if (body.Counter == 0 || !ChainHead.TryParse(body.AccountHead, out _) || !ChainHead.TryParse(body.GroupHead, out _))
        {
            return Shape.Bad("attestation");
        }

        if (body.Echoes.Count > Limits.AttestationEchoes)
        {
            return new Fault(FaultCode.TooLarge, "attestation.echoes");
        }

        return body.Echoes.All(echo => Shape.Is32(echo.Device))
            ? Shape.CheckAscending(body.Echoes, echo => echo.Device, "attestation.echoes")
            : Shape.Bad("attestation.echoes");
    }
}
