using Google.Protobuf;
using Vault.Core.Attestations;
using Vault.Core.Tests.Kit;
using Vault.Core.Tests.Vectors;
using Vault.Protocol.V1;

namespace Vault.Core.Tests;

public sealed class AttestationTests
{
    private readonly TestPerson _ann;
    private readonly TestPerson _bea;
    private readonly TestGroup _group;

    public AttestationTests()
    {
        _ann = TestPerson.Named("ann");
        _bea = TestPerson.Named("bea").Accept(TestPerson.Named("bea").AddDevice());
        _group = TestGroup.With(_ann, (_bea, Role.Viewer));
    }

    [Fact]
    public void A_members_device_may_attest()
    {
        var verdict = Check(body => body.Echoes.Add(Echoes(2)));
        Assert.True(verdict.IsValid);
        Assert.Equal((_bea.Id, _bea.Devices[0], 5UL), (verdict.Value.Account, verdict.Value.Device, verdict.Value.Counter));
        Assert.Equal(_group.State.Head, verdict.Value.GroupHead);
        Assert.Equal(2, verdict.Value.Echoes.Count);
        Assert.True(Check(body => body.Echoes.Add(Echoes(32))).IsValid);
        Assert.True(Check(body => body.GroupHead = new GroupHead { Seq = ulong.MaxValue, Id = Filler.Hash("ahead") }).IsValid, "it only warns");
    }

    [Fact]
    public void A_long_one_is_too_large() => Refused(FaultCode.TooLarge, Sign(ByteString.CopyFrom(new byte[Limits.AttestationBodyBytes + 1])));

    [Fact]
    public void Other_encodings_are_not_canonical()
    {
        Refused(FaultCode.NotCanonical, Sign(Wire.UnknownField(Body().ToByteString())));
        Refused(FaultCode.NotCanonical, Sign(Wire.VersionLast(Body().ToByteString())));
        Refused(FaultCode.NotCanonical, Sign(ByteString.CopyFrom(0xff)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Other_versions_are_unknown(uint version) => Refused(FaultCode.UnknownFormat, body => body.Version = version);

    [Fact]
    public void Another_groups_is_refused() => Refused(FaultCode.WrongChain, body => body.Group = Filler.Hash("group"));

    [Fact]
    public void Malformed_fields_are_refused()
    {
        Refused(FaultCode.BadField, body => body.Counter = 0);
        Refused(FaultCode.BadField, body => body.AccountHead = null);
        Refused(FaultCode.BadField, body => body.AccountHead.Id = Filler.Bytes("id", 31));
        Refused(FaultCode.BadField, body => body.GroupHead = null);
        Refused(FaultCode.BadField, body => body.GroupHead.Id = ByteString.Empty);
        Refused(FaultCode.BadField, body => body.Echoes.Add(new AttestationEcho { Device = Filler.Bytes("id", 33) }));
    }

    [Fact]
    public void Echoes_are_few_and_ascend()
    {
        Refused(FaultCode.TooLarge, body => body.Echoes.Add(Echoes(33)));
        Refused(FaultCode.NotAscending, body => body.Echoes.Add(Echoes(2).Reverse()));
        Refused(FaultCode.NotAscending, body => body.Echoes.Add(Enumerable.Repeat(Echoes(1)[0], 2)));
    }

    [Fact]
    public void Strangers_do_not_count()
    {
        var eve = TestPerson.Named("eve");
        Refused(FaultCode.NotAMember, body => body.Account = eve.Id.ToByteString());
        Refused(FaultCode.NotAMember, body => body.Account = ByteString.Empty);
        _group.Accept(_bea, b => b.Leave = new LeaveGroup());
        Refused(FaultCode.NotAMember, _ => { });
    }

    [Fact]
    public void Only_active_devices_of_the_anchor_count()
    {
        Refused(FaultCode.DeviceNotAuthorised, body => body.Device = _ann.Devices[0].ToByteString());
        Refused(FaultCode.DeviceNotAuthorised, body => body.Device = ByteString.Empty);
        var retired = _bea.Copy().Accept(_bea.Retire(_bea.Devices[0]));
        _group.Accept(_ann, b => b.ReAnchors.Add(_group.ReAnchor(retired)));
        Refused(FaultCode.DeviceNotAuthorised, _ => { });
    }

    [Fact]
    public void Only_the_sync_key_with_its_own_tag_signs()
    {
        var bytes = Body().ToByteString();
        Refused(FaultCode.BadSignature, new Attestation { Body = bytes, Signature = TestKey.Of(_bea.Devices[0]).Sign(Purpose.SignAttestation, bytes) });
        Refused(FaultCode.BadSignature, new Attestation { Body = bytes, Signature = SyncKey(0).Sign(Purpose.SignSession, bytes) });
        Refused(FaultCode.BadSignature, new Attestation { Body = bytes, Signature = SyncKey(1).Sign(Purpose.SignAttestation, bytes) });
        Refused(FaultCode.BadSignature, new Attestation { Body = bytes });
    }

    private static AttestationEcho[] Echoes(int count) =>
        [.. Enumerable.Range(0, count)
            .Select(i => new AttestationEcho { Device = Filler.Hash($"device/{i}"), Counter = (ulong)i })
            .OrderBy(echo => Convert.ToHexString(echo.Device.Span), StringComparer.Ordinal)];

    private TestKey SyncKey(int device) => TestKey.Of(_bea.State.Devices[_bea.Devices[device]].SyncKey);

    private AttestationBody Body() => new()
    {
        Version = 1,
        Group = _group.State.Id.ToByteString(),
        Account = _bea.Id.ToByteString(),
        Device = _bea.Devices[0].ToByteString(),
        Counter = 5,
        AccountHead = _bea.State.Head.ToAccountHead(),
        GroupHead = _group.State.Head.ToGroupHead(),
    };

    private Attestation Sign(ByteString bytes) => new() { Body = bytes, Signature = SyncKey(0).Sign(Purpose.SignAttestation, bytes) };

    private Verdict<VerifiedAttestation> Check(Action<AttestationBody> change)
    {
        var body = Body();
        change(body);
        return AttestationRules.Check(Sign(body.ToByteString()), _group.State);
    }

    private void Refused(FaultCode fault, Action<AttestationBody> change) => Assert.Equal(fault, Check(change).Fault.Code);

    private void Refused(FaultCode fault, Attestation attestation) => Assert.Equal(fault, AttestationRules.Check(attestation, _group.State).Fault.Code);
}
