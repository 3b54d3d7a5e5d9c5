// What stands beside the chains.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account, Group, random } from './build.mjs';
import { readAttestation } from '../lib/attestation.mjs';
import { hex, unhex } from '../lib/bytes.mjs';
import { encode } from '../lib/canonical.mjs';
import * as codes from '../lib/codes.mjs';
import { Fault } from '../lib/fault.mjs';
import { sign } from '../lib/signature.mjs';

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
