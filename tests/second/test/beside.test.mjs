// What stands beside the chains.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account, Group, random } from './build.mjs';
import { readAttestation } from '../lib/attestation.mjs';
import { concat, hex, unhex } from '../lib/bytes.mjs';
import { encode } from '../lib/canonical.mjs';
import * as codes from '../lib/codes.mjs';
import { readEvidence } from '../lib/evidence.mjs';
import { Fault } from '../lib/fault.mjs';
import { entryId } from '../lib/hash.mjs';
import { sign } from '../lib/signature.mjs';
import { judgeEvidence } from '../lib/vectors.mjs';

test('codes and cards', () => {
  for (let relay = ''; relay.length < 9; relay += 'r') {
    const code = { version: 1, secret: random(16), invitation_hash: random(16), relay };
    const text = codes.writeInviteCode(code);
    assert.match(text, /^SVI1(-[0-9A-HJKMNP-TV-Z]{5})*(-[0-9A-HJKMNP-TV-Z]{1,5})$/);
    assert.deepEqual(codes.readInviteCode(text), code);
    assert.deepEqual(codes.readInviteCode(` ${text.toLowerCase().replaceAll('-', ' ').slice(0, 4)}${
      text.slice(4).replaceAll('1', 'i').replaceAll('0', 'O')}`), code);
    const wrong = text.replace(/.$/, (digit) => (digit === 'G' ? '0' : 'G'));
    assert.throws(() => codes.readInviteCode(wrong));
    assert.throws(() => codes.readContactCard(text));
  }
  const card = { version: 1, account: random(), head: { seq: 3n, id: random() }, relay: 'relay' };
  assert.deepEqual(codes.readContactCard(codes.writeContactCard(card)), card);
});

test('words and tokens', () => {
  assert.deepEqual(codes.wordIndices(unhex('ff'.repeat(32)), 12), Array(12).fill(2047));
  assert.deepEqual(codes.wordIndices(unhex('0020' + '00'.repeat(30)), 6), [1, 0, 0, 0, 0, 0]);
  assert.equal(hex(codes.changeToken(unhex('aa'.repeat(32)), 2n, unhex('bb'.repeat(32)))),
    '01' + 'aa'.repeat(32) + '0000000000000002' + 'bb'.repeat(32));
});

test('attestations', () => {
  const ann = Account.ready();
  const ben = Account.ready();
  const group = new Group(ann).first();
  const made = (changes = {}, pair = ann.device.sync) => {
    const body = encode('AttestationBody', {
      version: 1, group: group.id, account: ann.id, device: ann.device.id, counter: 1n,
      account_head: ann.head, group_head: group.state.head, ...changes,
    });
    return { body, signature: sign('sign/attestation', body, pair.seed) };
  };
  readAttestation(group.state, made());
  const echo = { device: random(), counter: 1n };
  for (const [code, attestation] of [
    [102, { ...made(), body: unhex('08') }],
    [102, { ...made(), body: new Uint8Array([...made().body, 0xf8, 0x06, 1]) }],
    [104, made({ version: 2 })],
    [105, made({ group: random() })],
    [108, made({ counter: 0n })],
    [108, made({ group_head: undefined })],
    [101, made({ echoes: Array(33).fill(echo) })],
    [108, made({ echoes: [{ device: random(16) }] })],
    [112, made({ echoes: [echo, echo] })],
    [304, made({ account: ben.id })],
    [306, made({ device: ben.device.id })],
    [110, made({}, ann.device.signing)],
  ]) {
    assert.throws(() => readAttestation(group.state, attestation), (error) => error instanceof Fault && error.code === code);
  }
});

// Ann's group, and two commits of hers that both follow its first epoch.
function forked() {
  const ann = Account.ready();
  const group = new Group(ann).first();
  const [ours, theirs] = [group.entry(ann, { note: group.note() }), group.entry(ann, { note: group.note() })];
  const { id, head } = group.state;
  const idOf = (commit) => entryId('hash/group-commit', head.id, commit.body, commit.signatures);
  const shown = { group: id, predecessor: head.seq, ours: idOf(ours), theirs: idOf(theirs) };
  return { ann, chain: [...group.entries], ours, theirs, shown };
}

const evidence = (parts) => encode('ForkEvidence', { version: 1, ...parts });

const unsigned = (commit) => ({ ...commit, signatures: [new Uint8Array(64)] });

test('fork evidence', () => {
  const { ann, chain, ours, theirs, shown } = forked();
  const file = evidence({ chain, ours, theirs });
  assert.deepEqual(readEvidence(file), shown);

  // Nobody signs the file: unknown fields, another order, a commit in two records and a version that comes twice are the same file.
  const inTwo = concat(
    encode('ForkEvidence', { version: 2, theirs: { signatures: theirs.signatures } }), unhex('f80601'),
    encode('ForkEvidence', { theirs: { body: theirs.body } }), evidence({ chain, ours }));
  assert.deepEqual(readEvidence(inTwo), shown);

  const stranger = new Group(ann).first();
  const foreign = stranger.entry(ann, { note: stranger.note() });
  const spoilt = (parts) => evidence({ chain, ours, theirs, ...parts });
  for (const [code, bytes] of [
    [425, new Uint8Array(0)],
    [425, file.subarray(0, file.length - 1)],
    [425, spoilt({ version: 0 })],
    [425, spoilt({ version: 2 })],
    [425, spoilt({ chain: [] })],
    [425, spoilt({ ours: undefined })],
    [425, spoilt({ theirs: undefined })],
    [425, spoilt({ theirs: ours })],
    // The first fault is the verdict: parts that lack, then the chain, ours, theirs, and last one commit twice.
    [425, spoilt({ version: 2, chain: [unsigned(chain[0])] })],
    [110, spoilt({ chain: [chain[0], unsigned(chain[1])], ours: foreign, theirs: foreign })],
    [110, spoilt({ ours: unsigned(ours), theirs: foreign })],
    [105, spoilt({ ours: foreign, theirs: unsigned(theirs) })],
    [110, spoilt({ theirs: unsigned(theirs) })],
    [110, spoilt({ ours: unsigned(ours), theirs: unsigned(ours) })],
    [106, spoilt({ chain: [...chain, ours] })],
  ]) {
    assert.throws(() => readEvidence(bytes), (error) => error instanceof Fault && error.code === code);
  }
});

test('fork evidence has at most 64 MiB', () => {
  const { chain, ours, theirs, shown } = forked();
  const file = evidence({ chain, ours, theirs });
  // An unknown field of the right length fills the file up: two bytes say which, and four how long it is.
  const filler = new Uint8Array(64 * 1_048_576 - file.length);
  const length = filler.length - 6;
  filler.set([0xfa, 0x06, ...[0, 7, 14, 21].map((shift) => ((length >> shift) & 0x7f) | (shift < 21 ? 0x80 : 0))]);
  assert.deepEqual(readEvidence(concat(file, filler)), shown);
  filler[2]++;
  const tooLarge = concat(file, filler, Uint8Array.of(0));
  assert.throws(() => readEvidence(tooLarge), (error) => error instanceof Fault && error.message === '425 (size)');
});

test('the judge tells forks apart', () => {
  const { chain, ours, theirs, shown } = forked();
  const file = hex(evidence({ chain, ours, theirs }));
  const twice = hex(evidence({ chain, ours, theirs: ours }));
  const expect = { group: hex(shown.group), predecessor: 1, ours: hex(shown.ours), theirs: hex(shown.theirs) };
  assert.equal(judgeEvidence({ file, expect }), undefined);
  assert.equal(judgeEvidence({ file: twice, expect: { fault: 425 } }), undefined);
  assert.match(judgeEvidence({ file: twice, expect: { fault: 110 } }), /expected fault 110, got 425/);
  assert.match(judgeEvidence({ file: twice, expect }), /expected a fork/);
  assert.match(judgeEvidence({ file, expect: { fault: 425 } }), /got none/);
  for (const name of Object.keys(expect)) {
    assert.match(judgeEvidence({ file, expect: { ...expect, [name]: '00' } }), new RegExp(`^expected ${name} 00`));
    assert.throws(() => judgeEvidence({ file, expect: { ...expect, [name]: undefined } }), TypeError);
  }
});
