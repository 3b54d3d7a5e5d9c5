using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>Every committed vector, read as a stranger would read it.</summary>
public sealed class VectorTests
{
    // Chains longer than this are made anew from bytes at a few places only: the work grows with the square.
    private const int RestartEverywhereUpTo = 40;

    /// <summary>Rules whose files would be megabytes; LargeRuleTests holds them.</summary>
    private static readonly int[] s_inCode = [334, 337];

    public static TheoryData<string> Files => [.. VectorFiles.Names];

    [Fact]
    public void The_committed_files_are_what_the_generator_makes()
    {
        var made = VectorBook.All.Vectors;
        if (VectorFiles.Rewriting)
        {
            foreach (var file in VectorFiles.Names)
            {
                VectorFiles.Delete(file);
            }

            foreach (var vector in made)
            {
                VectorFiles.Write(vector.File, vector.ToJson());
            }

            return;
        }

        Assert.Equal(made.Select(vector => vector.File).Order(StringComparer.Ordinal), VectorFiles.Names);
        Assert.All(made, vector => Assert.Equal(vector.ToJson(), VectorFiles.Text(vector.File)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_vector_has_its_verdict_cold_stepwise_and_restarted(string file)
    {
        var vector = Vector.Parse(VectorFiles.Text(file));
        Assert.Equal(file, vector.File);
        var last = vector.Entries.Count - 1;
        Assert.Equal(vector.Expect, AnyChain.Cold(vector.Chain, vector.Read()));
        Assert.Equal(vector.Expect, AnyChain.Stepwise(vector.Chain, vector.Read, _ => false));
        Assert.Equal(vector.Expect, AnyChain.Stepwise(
            vector.Chain, vector.Read, at => last <= RestartEverywhereUpTo || at == last || at == last / 2));
        if (!vector.IsLegal && last > 0)
        {
            Assert.NotNull(AnyChain.Cold(vector.Chain, [.. vector.Read().Take(last)]).State);
        }
    }

    [Fact]
    public void Every_rule_has_a_legal_vector_and_an_illegal_twin()
    {
        var vectors = VectorFiles.Names.Select(file => Vector.Parse(VectorFiles.Text(file))).ToArray();
        var rules = Enum.GetValues<FaultCode>().Select(code => (int)code).Where(code => code is >= 101 and < 400).ToArray();
        Assert.Equal(12 + 13 + 37, rules.Length);
        var missing = rules.Except(s_inCode).Where(rule =>
            !vectors.Any(v => v.Rule == rule && v.IsLegal) || !vectors.Any(v => v.Expect.Fault == rule));
        Assert.Empty(missing);
        Assert.All(vectors, v => Assert.True(v.IsLegal ? v.Sin.StartsWith("legal-", StringComparison.Ordinal) : v.Expect.Fault == v.Rule, v.Name));
        foreach (var rule in rules.Where(rule => rule < 200))
        {
            // The rules that both chains share have vectors in both.
            Assert.Equal(2, vectors.Where(v => v.Expect.Fault == rule).Select(v => v.Chain).Distinct().Count());
        }
    }
}
