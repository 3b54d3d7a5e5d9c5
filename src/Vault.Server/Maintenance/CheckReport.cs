namespace Vault.Server.Maintenance;

/// <summary>What a check looked at, and what is wrong. A finding names its chain: that is for the operator's eyes, never for a log.</summary>
internal sealed class CheckReport
{
    // Of one damaged page there may be a thousand; the first hundred say enough.
    private const int FindingsMax = 100;

    private readonly List<string> _findings = [];

    public int Accounts { get; set; }

    public int Groups { get; set; }

    public long Entries { get; set; }

    public long Commits { get; set; }

    public long Blobs { get; set; }

    public long BlobBytes { get; set; }

    public IReadOnlyList<string> Findings => _findings;

    /// <summary>How many there are, also those that are not kept.</summary>
    public int Count { get; private set; }

    public void Find(string what)
    {
        Count++;
        if (_findings.Count < FindingsMax)
        {
            _findings.Add(what);
        }
    }

    /// <summary>Finds unless it holds.</summary>
    public void Require(bool holds, string what)
    {
        if (!holds)
        {
            Find(what);
        }
    }
}
