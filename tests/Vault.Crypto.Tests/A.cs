namespace Vault.Crypto.Tests;
public class A { [Fact] public void T() => Assert.True(true); }
