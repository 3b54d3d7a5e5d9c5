namespace Vault.Core;

/// <summary>Every limit that both sides hold. Bytes unless the name says otherwise. FORMAT.md, section 10.</summary>
public static class Limits
{
    public const int BodyBytes = 1 << 20;
    public const int SignatureBytes = 64;
    public const int SignaturesPerEntry = 8;
    public const int PublicKeyBytes = 32;
    public const int SealingKeyBytes = 1216;
    public const int SealedKeyBytes = 1168;
    public const int RandomBytes = 32;
    public const int OperationIdBytes = 16;
    public const int ItemIdBytes = 16;

    public const int AccountEntries = 512;
    public const int AccountBytes = 256 << 10;
    public const int AccountDevices = 64;
    public const int LockerBlobBytes = 64 << 10;

    public const int GroupMembers = 500;
    public const int GroupItems = 200_000;
    public const int OpenInvites = 64;
    public const int CommitChanges = 256;
    public const int CommitAdds = 64;
    public const int EpochStepMax = 1_000;
    public const int EpochWraps = 64;
    public const int EpochWrapBytes = 113;
    public const int ItemAttachmentChunks = 64;
    public const int JoinBodyBytes = 1 << 10;

    public const int BoxOverheadBytes = 81;
    public const int SmallestClassBytes = 512;
    public const int LargestClassBytes = 1 << 20;
    public const int BlobBytesMin = SmallestClassBytes + BoxOverheadBytes;
    public const int BlobBytesMax = LargestClassBytes + BoxOverheadBytes;
    public const int BoxedBytesMax = (64 << 10) + BoxOverheadBytes;

    public const int AttestationBodyBytes = 4 << 10;
    public const int AttestationEchoes = 32;
    public const int FaultDetailBytes = 200;
    public const int RelayNameBytes = 256;
    public const int ChangeTokenBytes = 73;

    public const int InlineCommitBytes = 64 << 10;
    public const int PullPageBytes = 512 << 10;
    public const int BlobsPerCallBytes = 4 << 20;
    public const int EvidenceBytes = 64 << 20;
}
