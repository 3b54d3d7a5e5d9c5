using System.Text;
using Vault.Protocol.V1;

namespace Vault.Core;

/// <summary>The names of faults as documents and messages write them: <c>ROTATION_DUE</c> for number 319.</summary>
public static class FaultNames
{
    /// <summary>The name of a fault; a number this version does not know is written as <c>FAULT_n</c>.</summary>
    public static string Of(FaultCode code)
    {
        if (!Enum.IsDefined(code))
        {
            return $"FAULT_{(int)code}";
        }

        var name = new StringBuilder();
        foreach (var c in code.ToString())
        {
            if (char.IsUpper(c) && name.Length > 0)
            {
                name.Append('_');
            }

            name.Append(char.ToUpperInvariant(c));
        }

        return name.ToString();
    }
}
