using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>
/// Collects vectors. What is refused states its fault itself, by number: the rules are not asked what they think. Only the
/// state hash of a legal chain comes from the product; an independent implementation checks it.
/// </summary>
internal sealed class VectorBook
{
    private static readonly Lazy<VectorBook> s_all = new(() =>
    {
        var book = new VectorBook();
        AccountVectors.Write(book);
        AccountLoginVectors.Write(book);
        EnvelopeVectors.Write(book);
        GroupShapeVectors.Write(book);
        AuthorVectors.Write(book);
        MemberVectors.Write(book);
        InviteVectors.Write(book);
        EpochVectors.Write(book);
        ItemVectors.Write(book);
        return book;
    });

    private readonly List<Vector> _vectors = [];

    public static VectorBook All => s_all.Value;

    public IReadOnlyList<Vector> Vectors => _vectors;

    public void LegalAccount(int rule, string what, IReadOnlyList<SignedEntry> entries) => Legal(AnyChain.Account, rule, what, entries);

    public void LegalGroup(int rule, string what, IReadOnlyList<SignedEntry> entries) => Legal(AnyChain.Group, rule, what, entries);

    public void LegalGroup(int rule, string what, TestGroup group) => Legal(AnyChain.Group, rule, what, group.Commits);

    /// <summary>A chain whose last entry is refused under this rule.</summary>
    public void Account(int rule, string sin, IReadOnlyList<SignedEntry> entries) =>
        Add(new Vector($"{rule}-{sin}", rule, sin, AnyChain.Account, Write(entries), Expectation.Refused(rule, entries.Count - 1, null)));

    /// <summary>A chain whose last commit is refused under this rule, for the fault of an account chain inside it when that is named.</summary>
    public void Group(int rule, string sin, IReadOnlyList<SignedEntry> entries, int? inner = null) =>
        Add(new Vector($"{rule}-{sin}", rule, sin, AnyChain.Group, Write(entries), Expectation.Refused(rule, entries.Count - 1, inner)));

    private void Legal(string chain, int rule, string what, IReadOnlyList<SignedEntry> entries)
    {
        var expect = AnyChain.Cold(chain, entries);
        if (expect.State is null)
        {
            throw new InvalidOperationException($"{rule}-legal-{what} is refused: {expect}");
        }

        Add(new Vector($"{rule}-legal-{what}", rule, $"legal-{what}", chain, Write(entries), expect));
    }

    private void Add(Vector vector)
    {
        if (_vectors.Any(other => other.File == vector.File))
        {
            throw new InvalidOperationException($"Two vectors are called {vector.File}.");
        }

        _vectors.Add(vector);
    }

    private static IReadOnlyList<VectorEntry> Write(IReadOnlyList<SignedEntry> entries) => [.. entries.Select(VectorEntry.Of)];
}
