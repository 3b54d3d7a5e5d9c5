using Google.Protobuf;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Kit;

/// <summary>An account entry before it is signed: what a sin is done to.</summary>
internal sealed class AccountDraft(AccountBody body, IEnumerable<TestKey> signers)
{
    public AccountBody Body { get; } = body;

    public List<TestKey> Signers { get; } = [.. signers];

    public SignedEntry Sign() => SignBytes(Body.ToByteString());

    /// <summary>Signs bytes that need not be this body's.</summary>
    public SignedEntry SignBytes(ByteString bytes)
    {
        var entry = new SignedEntry { Body = bytes };
        entry.Signatures.Add(Signers.Select(key => key.Sign(Purpose.SignAccountEntry, bytes)));
        return entry;
    }

    public AccountDraft With(Action<AccountBody> sin)
    {
        sin(Body);
        return this;
    }

    public AccountDraft SignedBy(params TestKey[] signers)
    {
        Signers.Clear();
        Signers.AddRange(signers);
        return this;
    }
}
