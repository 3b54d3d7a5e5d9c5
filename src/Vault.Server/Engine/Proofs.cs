using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Server.Engine;

/// <summary>
/// Proofs of one moment: they name this relay and use up a nonce (attack: a proof recorded, or made for another relay, is
/// used here). The name is compared with the configured ones, never with a header.
/// </summary>
internal sealed class Proofs(RelayOptions options, TimeProvider time, IRandomSource random)
{
    private const int ProofBytes = 1 << 10;

    private readonly HashSet<string> _names = [.. options.Names.Select(name => name.ToLowerInvariant())];
    private readonly Nonces _nonces = new(options.Limits, time, random);

    public Hash32 CreateNonce() => _nonces.Create();

    /// <summary>The body of a session proof; its signature is still to be checked, by the key that the body names.</summary>
    public SessionBody OpenSessionBody(ByteString bytes)
    {
        if (bytes.Length > ProofBytes || !Canonical.TryParse(SessionBody.Parser, bytes, out var body) || body.Version != 1)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "session body");
        }

        Spend(body.RelayName, body.Nonce);
        return body;
    }

    /// <summary>The body of a request proof for this method and content; its signature is still to be checked.</summary>
    public RequestBody OpenRequestBody(RequestProof? proof, string method, ReadOnlySpan<byte> content)
    {
        if (proof is null || proof.Body.Length > ProofBytes || !Canonical.TryParse(RequestBody.Parser, proof.Body, out var body) || body.Version != 1)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "request proof");
        }

        Spend(body.RelayName, body.Nonce);
        if (body.Method != method || !body.ContentHash.Span.SequenceEqual(TaggedHash.Of(Purpose.HashRequest, content)))
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "the proof is for another request");
        }

        return body;
    }

    public static void RequireSignature(RequestProof proof, ByteString key)
    {
        if (!Signatures.Verify(Purpose.SignRequest, key.Span, proof.Body.Span, proof.Signature.Span))
        {
            throw RelayFaultException.Of(FaultCode.Unauthenticated, "request signature");
        }
    }

    private void Spend(string name, ByteString nonceBytes)
    {
        if (!_names.Contains(name))
        {
            throw RelayFaultException.Of(FaultCode.WrongRelayName);
        }

        if (!Hash32.TryParse(nonceBytes.Span, out var nonce) || !_nonces.TryTake(nonce))
        {
            throw RelayFaultException.Of(FaultCode.BadNonce);
        }
    }
}
