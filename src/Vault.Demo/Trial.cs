using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Groups;
using Vault.Crypto.Items;
using Vault.Protocol.V1;

namespace Vault.Demo;

/// <summary>Tries keys on ciphertext as the relay's database holds it.</summary>
internal sealed record Trial(int Attempts, int Opened, string Note)
{
    /// <summary>Every key of a person on everything that was written from their removal on: items, seals, wraps, names.</summary>
    public static Trial Of(RelayEvidence evidence, KeyRing keys)
    {
        var attempts = 0;
        var opened = new List<string>();
        void Try(string what, bool opens)
        {
            attempts++;
            if (opens)
            {
                opened.Add(what);
            }
        }

        var group = evidence.Group;
        var since = evidence.Removal.Head.Seq;
        foreach (var raw in keys.Raw)
        {
            using var key = GroupKey.FromBytes(raw);
            foreach (var commit in evidence.Commits.Where(commit => commit.Head.Seq >= since))
            {
                foreach (var put in commit.Body.Puts.Where(put => evidence.Blobs.ContainsKey(BlobHash.Parse(put.BlobHash.Span))))
                {
                    var blob = evidence.Blobs[BlobHash.Parse(put.BlobHash.Span)];
                    Try("item", ItemBox.Open(key, group, ItemId.Parse(put.Item.Span), put.Epoch, blob) is not null);
                }

                if (commit.Body.Note is { } note)
                {
                    Try("note", BoxedFields.OpenNote(key, group, note) is not null);
                }

                foreach (var wrap in commit.Body.Epoch?.Wraps ?? [])
                {
                    using var older = key.Unwrap(wrap.Box.Span, group.ToArray(), wrap.Epoch, commit.Body.Epoch!.Number);
                    Try("wrap", older is not null);
                }
            }
        }

        foreach (var commit in evidence.Commits.Where(commit => commit.Head.Seq >= since && commit.Body.Epoch is not null))
        {
            foreach (var (seal, sealing) in commit.Body.Epoch.Seals.SelectMany(seal => keys.Daily.SealingKeys.Select(key => (seal, key))))
            {
                var about = new GroupKeySeal(group.ToArray(), commit.Body.Epoch.Number, seal.Account.Span, commit.Author.ToArray());
                using var key = GroupKey.Open(sealing, about, seal.Sealed.Span);
                Try("seal", key is not null);
            }
        }

        return new Trial(attempts, opened.Count, string.Join(", ", opened));
    }

    /// <summary>Whether the newest item opens, and bears this title.</summary>
    public static bool OpensLatest(RelayEvidence evidence, KeyRing keys, string title)
    {
        var last = evidence.Commits[^1].After;
        return last.Items.Values.OrderBy(item => item.Seq).Last() is { } newest && Open(evidence, keys, newest)?.Title == title;
    }

    /// <summary>Whether an item as it stood before the removal opens, and bears this title.</summary>
    public static bool OpensEarlier(RelayEvidence evidence, KeyRing keys, string title)
    {
        var before = evidence.Commits[(int)evidence.Removal.Head.Seq - 1].After;
        return before.Items.Values.Any(item => Open(evidence, keys, item)?.Title == title);
    }

    private static Item? Open(RelayEvidence evidence, KeyRing keys, LiveItem item) =>
        keys.Epochs.KeyOf(item.Epoch) is { } key && evidence.Blobs.TryGetValue(item.BlobHash, out var blob)
            ? ItemBox.Open(key, evidence.Group, item.Id, item.Epoch, blob)
            : null;
}
