using System.Text;
using Google.Protobuf;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Items;

/// <summary>Text that came as bytes: strict, for what is not UTF-8 would come back as something else.</summary>
internal static class Utf8
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="AgentException">USAGE: it is not UTF-8.</exception>
    public static string Read(ByteString bytes, string what)
    {
        try
        {
            return s_strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new AgentException(ExitCode.Usage, $"\"{what}\" is not UTF-8 text.", "Bytes belong into an attachment or a base64 field.");
        }
    }
}
