using Vault.Simulation.Runner;

namespace Vault.Simulation.Tests;

/// <summary>The planted bugs still apply to the source; that each is found is shown by a command (tests/README.md), which takes minutes.</summary>
public sealed class PlantedBugsTests
{
    public static TheoryData<string> Names => [.. Plant.All(Plant.Root()).Select(plant => plant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_bug_applies_to_the_source(string name)
    {
        var root = Plant.Root();
        var plant = Plant.All(root).Single(plant => plant.Name == name);
        var planted = plant.Apply(root);
        Assert.NotEmpty(planted);
        Assert.All(planted, file => Assert.NotEqual(File.ReadAllText(Path.Combine(root, file.Key)), file.Value));
    }

    [Fact]
    public void There_are_at_least_ten() => Assert.True(Names.Count >= 10);
}
