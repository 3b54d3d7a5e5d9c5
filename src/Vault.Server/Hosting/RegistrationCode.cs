using System.Text;
using Vault.Core.Seams;
using Vault.Server.Engine;

namespace Vault.Server.Hosting;

/// <summary>The code that registration asks for: given, or made once and kept in the data directory.</summary>
internal static class RegistrationCode
{
    private const int Bytes = 10;
    private const int LengthMax = 64;

    public static string Of(ServerSettings settings, DataDirectory directory, IRandomSource random)
    {
        if (settings.Registration != Registration.Code || settings.RegistrationCode.Length > 0)
        {
            return settings.RegistrationCode;
        }

        var path = directory.RegistrationCodeFile;
        if (!File.Exists(path))
        {
            var bytes = new byte[Bytes];
            random.Fill(bytes);
            using var file = DataDirectory.OwnFile(path, FileMode.Create);
            file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes) + "\n"));
            file.Flush(flushToDisk: true);
        }

        var code = File.ReadAllText(path).Trim();
        return code.Length is > 0 and <= LengthMax ? code : throw new InvalidDataException($"{path} holds no registration code.");
    }
}
