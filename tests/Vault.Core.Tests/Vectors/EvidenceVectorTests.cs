namespace Vault.Core.Tests.Vectors;

/// <summary>Every committed file of fork evidence, judged as a stranger would judge it.</summary>
public sealed class EvidenceVectorTests
{
    public static TheoryData<string> Files => [.. VectorFiles.EvidenceNames];

    [Fact]
    public void The_committed_files_are_what_the_generator_makes()
    {
        var made = EvidenceVectors.All();
        if (VectorFiles.Rewriting)
        {
            foreach (var file in VectorFiles.EvidenceNames)
            {
                VectorFiles.Delete(file);
            }

            foreach (var vector in made)
            {
                VectorFiles.Write(vector.Path, vector.ToJson());
            }

            return;
        }

        Assert.Equal(made.Select(vector => vector.Path).Order(StringComparer.Ordinal), VectorFiles.EvidenceNames);
        Assert.All(made, vector => Assert.Equal(vector.ToJson(), VectorFiles.Text(vector.Path)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void An_evidence_file_has_its_verdict(string file)
    {
        var vector = EvidenceVector.Parse(VectorFiles.Text(file));
        Assert.Equal(file, vector.Path);
        Assert.Equal(vector.Expect, vector.Judged());
    }
}
