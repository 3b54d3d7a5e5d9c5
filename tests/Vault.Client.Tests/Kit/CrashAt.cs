using Vault.Client.Replicas;

namespace Vault.Client.Tests.Kit;

internal sealed class CrashException() : Exception("crash");

/// <summary>Dies before or after the n-th COMMIT, and stays dead: nothing is written by a process that is gone.</summary>
internal sealed class CrashAt(int commit, bool after) : ICommitProbe
{
    private int _seen;

    public bool Armed { get; set; }

    public bool Died { get; private set; }

    public void BeforeCommit(string transaction)
    {
        if (Armed && (Died || (++_seen == commit && !after)))
        {
            Died = true;
            throw new CrashException();
        }
    }

    public void AfterCommit(string transaction)
    {
        if (Armed && after && _seen == commit)
        {
            Died = true;
            throw new CrashException();
        }
    }
}
