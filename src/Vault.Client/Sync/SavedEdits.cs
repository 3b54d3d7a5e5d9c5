using Vault.Client.Items;
using Vault.Client.Replicas;

namespace Vault.Client.Sync;

/// <summary>Who waits for which edit, and where the edits of this process went.</summary>
internal sealed class SavedEdits
{
    private const int RememberedMax = 4_096;

    private readonly Dictionary<OperationId, ulong> _saved = [];
    private readonly Queue<OperationId> _order = new();

    /// <summary>Raised when edits left the outbox.</summary>
    public event Action? Moved;

    public void Saved(IReadOnlyList<(OperationId Op, ulong Seq)> ops)
    {
        foreach (var (op, seq) in ops)
        {
            if (_saved.TryAdd(op, seq))
            {
                _order.Enqueue(op);
            }

            if (_order.Count > RememberedMax)
            {
                _saved.Remove(_order.Dequeue());
            }
        }

        if (ops.Count > 0)
        {
            Moved?.Invoke();
        }
    }

    /// <summary>Something was kept aside, or given up.</summary>
    public void Raise() => Moved?.Invoke();

    public EditOutcome? Find(OperationId op) =>
        _saved.TryGetValue(op, out var seq) ? new EditOutcome(EditState.Saved, seq, null) : null;
}
