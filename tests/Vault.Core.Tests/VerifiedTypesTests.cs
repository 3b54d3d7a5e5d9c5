using System.Reflection;
using Vault.Core.Accounts;
using Vault.Core.Attestations;
using Vault.Core.Groups;

namespace Vault.Core.Tests;

/// <summary>Untrusted and verified are two types with one door: nobody outside the rules makes or changes the second.</summary>
public sealed class VerifiedTypesTests
{
    public static TheoryData<Type> Verified =>
        [typeof(VerifiedAccount), typeof(VerifiedGroup), typeof(VerifiedCommit), typeof(VerifiedAttestation)];

    [Theory]
    [MemberData(nameof(Verified))]
    public void Only_the_rules_make_one(Type type)
    {
        Assert.True(type.IsSealed);
        Assert.Empty(type.GetConstructors());
    }

    [Theory]
    [MemberData(nameof(Verified))]
    public void Nobody_copies_one_with_other_contents(Type type)
    {
        // `with` needs a public setter and a public clone; a class has no clone, a record must have no setter.
        var isRecord = type.GetMethod("<Clone>$") is not null;
        var setters = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetSetMethod() is not null);
        Assert.True(!isRecord || !setters.Any(), string.Join(", ", setters.Select(p => p.Name)));
    }
}
