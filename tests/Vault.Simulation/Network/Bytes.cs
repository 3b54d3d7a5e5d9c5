using System.Buffers;
using Grpc.Core;

namespace Vault.Simulation.Network;

/// <summary>Messages as bytes, through the generated marshallers: what is sent is what was serialised, as over a wire.</summary>
internal static class Bytes
{
    public static byte[] Of<T>(Marshaller<T> marshaller, T value)
    {
        var context = new Writing();
        marshaller.ContextualSerializer(value, context);
        return context.Result;
    }

    public static T To<T>(Marshaller<T> marshaller, byte[] bytes) => marshaller.ContextualDeserializer(new Reading(bytes));

    private sealed class Writing : SerializationContext
    {
        private readonly ArrayBufferWriter<byte> _writer = new();
        private byte[]? _whole;

        public byte[] Result => _whole ?? _writer.WrittenSpan.ToArray();

        public override void Complete(byte[] payload) => _whole = payload;

        public override void Complete()
        {
        }

        public override void SetPayloadLength(int payloadLength)
        {
        }

        public override IBufferWriter<byte> GetBufferWriter() => _writer;
    }

    private sealed class Reading(byte[] bytes) : DeserializationContext
    {
        public override int PayloadLength => bytes.Length;

        public override byte[] PayloadAsNewBuffer() => [.. bytes];

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(bytes);
    }
}
