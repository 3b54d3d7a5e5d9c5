// The example of FORMAT.md, section 1: every step of it, done again.

import { accountStateHash, extendAccount } from './account.mjs';
import { equal, hex, unhex } from './bytes.mjs';
import { decode } from './canonical.mjs';
import { epochCommitment, openBox, openSeal, pad, unpad, xwingPublicKey } from './crypto.mjs';
import { extendGroup, groupStateHash } from './group.mjs';
import { blobHash, deviceId, parts, sealingKeyId } from './hash.mjs';
import { publicKeyOf, sign } from './signature.mjs';

export const isExample = (value) => Boolean(value.account && value.group && value.item);

// What differs, or undefined.
export function judgeExample({ account, group, info, note, item }) {
  const problems = [];
  const same = (what, mine, theirs) => {
    if (hex(mine) !== theirs) problems.push(`${what} is ${hex(mine)}, not ${theirs}`);
  };
  const seed = (name) => unhex(account[`${name}_seed`]);
  const read = (entries, extend, stateHash, tag, signers) => {
    let state;
    entries.forEach((one, i) => {
      const entry = { body: unhex(one.body), signatures: one.signatures.map(unhex) };
      state = extend(state, entry);
      same(`${tag} ${i}: id`, state.head.id, one.id);
      same(`${tag} ${i}: state`, stateHash(state), one.state);
      if (signers[i].length !== entry.signatures.length) problems.push(`${tag} ${i}: count of signatures`);
      signers[i].forEach((name, n) => same(`${tag} ${i}: signature ${n}`, sign(tag, entry.body, seed(name)), one.signatures[n]));
    });
    return state;
  };

  const owner = read(account.entries, extendAccount, accountStateHash, 'sign/account-entry',
    [['identity', 'signing', 'sync'], ['identity', 'auth']]);
  same('account', owner.id, account.id);
  same('device', deviceId(publicKeyOf(seed('signing'))), account.device_id);
  const sealingKey = xwingPublicKey(seed('sealing'));
  if (!equal(sealingKey, owner.sealingKey)) problems.push('the sealing key is not the certified one');
  same('sealing key', sealingKeyId(sealingKey), account.sealing_key_id);

  const state = read(group.commits, extendGroup, groupStateHash, 'sign/group-commit', [['signing'], ['signing'], ['signing']]);
  same('group', state.id, group.id);
  const [, first] = group.commits.map((commit) => decode('GroupBody', unhex(commit.body)));
  const [seal] = first.epoch.seals;
  const key = openSeal(
    seed('sealing'), parts('seal/group-key', state.id, 1n, owner.id, sealingKeyId(sealingKey), owner.id), seal.sealed);
  same('group key', key, group.key);
  same('commitment', epochCommitment(state.id, 1n, key), hex(first.epoch.commitment));

  const opened = (what, box, ...context) => same(what, unpad(openBox(key, context, box)), { info, note }[what].plaintext);
  same('info box', first.info.info.box, info.box);
  same('note box', first.note.box, note.box);
  opened('info', unhex(info.box), 'box/group-info', state.id, 1n);
  opened('note', unhex(note.box), 'box/note', state.id, 1n);

  const padded = openBox(key, ['box/item', state.id, unhex(item.id), 1n], unhex(item.box));
  same('padded item', padded, item.padded);
  same('item', unpad(padded), item.plaintext);
  same('padding', pad(unhex(item.plaintext)), item.padded);
  same('blob hash', blobHash(unhex(item.box)), item.blob_hash);
  const [live] = state.items.values();
  same('live item', live.id, item.id);
  same('live blob', live.blob_hash, item.blob_hash);
  return problems.length > 0 ? problems.join('; ') : undefined;
}
