using Vault.Client.Items;
using Vault.Client.Replicas;

namespace Vault.Client.Sync;

/// <summary>Who waits for which edit, and where the edits of this process went.</summary>
internal sealed class SavedEdits
{
    private const int RememberedMax = 4_096;

    private readonly Dictionary<OperationId, EditOutcome> _known = [];
    private readonly Queue<OperationId> _order = new();

    /// <summary>Raised when edits left the outbox.</summary>
    public event Action? Moved;

    public void Saved(IReadOnlyList<(OperationId Op, ulong Seq)> ops)
    {
        foreach (var (op, seq) in ops)
        {
            Remember(op, new EditOutcome(EditState.Saved, seq, null));
        }

        if (ops.Count > 0)
        {
            Moved?.Invoke();
        }
    }

    /// <summary>The person threw it away: who waits for it is not told that it was saved.</summary>
    public void Discarded(OperationId op)
    {
        Remember(op, new EditOutcome(EditState.Discarded, null, null));
        Moved?.Invoke();
    }

    /// <summary>Something was kept aside, or given up.</summary>
    public void Raise() => Moved?.Invoke();

    public EditOutcome? Find(OperationId op) => _known.GetValueOrDefault(op);

    private void Remember(OperationId op, EditOutcome outcome)
    {
        if (_known.TryAdd(op, outcome))
        {
            _order.Enqueue(op);
        }

        if (_order.Count > RememberedMax)
        {
            _known.Remove(_order.Dequeue());
        }
    }
}
