// The rules of both chains, on chains made here. The product's vectors are judged by judge.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account, Device, Group, keyPair, random } from './build.mjs';
import { extendAccount, accountStateHash, wellFormedSealingKey, PASSWORD, RECOVERY } from '../lib/account.mjs';
import { extendGroup, groupStateHash, readGroup, ADMIN, EDITOR, OWNER, PERSONAL, VIEWER } from '../lib/group.mjs';
import { Fault } from '../lib/fault.mjs';
import { concat, hex, unhex } from '../lib/bytes.mjs';
import { sign } from '../lib/signature.mjs';
import { judge } from '../lib/vectors.mjs';

function refused(code, act, inner) {
  assert.throws(act, (error) => {
    if (!(error instanceof Fault)) return false;
    assert.equal(error.code, code, error.message);
    assert.equal(error.inner?.code, inner, error.message);
    return true;
  });
}

const accountRefuses = (account, code, ...args) => refused(code, () => extendAccount(account.state, account.entry(...args)));
const groupRefuses = (group, code, author, changes, header, inner) =>
  refused(code, () => extendGroup(group.state, group.entry(author, changes, header)), inner);

const resigned = (body, ...pairs) => ({ body, signatures: pairs.map((pair) => sign('sign/account-entry', body, pair.seed)) });

test('an account through all its operations', () => {
  const account = Account.ready();
  const second = account.addDevice();
  const third = account.addDevice();
  account.retire(third);
  account.push({ set_personal_group: { group: random() } }, [second.signing], { author_device: second.id });
  account.push({ set_personal_group: { group: random() } }, [account.identity]);
  account.addRecovery();
  account.rotate([second, third]);
  const { state } = account;
  assert.equal(state.head.seq, 8n);
  assert.deepEqual([...state.devices.values()].map((device) => device.status), [1, 3, 3]);
  assert.equal(state.usedKeys.size, 4 + 1 + 4 + 1 + 3);
  assert.equal(hex(accountStateHash(state)).length, 64);
});

test('the first checks, and the formats to come', () => {
  const account = Account.ready();
  const device = new Device();
  const add = { add_device: { device: device.keys } };
  const signers = [account.identity, device.signing, device.sync];
  accountRefuses(account, 103, {}, [account.identity], { version: 2 });
  accountRefuses(account, 103, {}, [account.device.signing], { version: 2, author_device: account.device.id });
  accountRefuses(account, 104, {}, [account.device.signing], { version: 2 });
  accountRefuses(account, 104, {}, [account.identity], { version: 2, seq: 5n });
  accountRefuses(account, 104, add, signers, { version: 0 });
  accountRefuses(account, 105, add, signers, { account: random() });
  accountRefuses(account, 106, add, signers, { seq: 3n });
  accountRefuses(account, 107, add, signers, { prev: random() });
  accountRefuses(account, 111, {}, signers);
  accountRefuses(account, 109, add, signers.slice(1));
  accountRefuses(account, 109, add, []);
  accountRefuses(account, 110, add, [...signers].reverse());
  const { body } = account.entry(add, signers);
  const unknown = concat(body, Uint8Array.of(0xf8, 0x06, 1));
  refused(102, () => extendAccount(account.state, resigned(unknown, ...signers)));
  refused(102, () => extendAccount(account.state, resigned(body.subarray(0, body.length - 1), ...signers)));
  refused(101, () => extendAccount(account.state, resigned(new Uint8Array(1_048_577), account.identity)));
  refused(104, () => extendAccount(undefined, { body: new Uint8Array(0), signatures: [new Uint8Array(64)] }));
});

test('account rules', () => {
  const account = Account.ready();
  const device = account.addDevice();
  const fresh = new Device();
  accountRefuses(account, 202, { set_login: account.state.login }, [account.identity, account.way]);
  accountRefuses(account, 205, { retire_device: {} }, [account.identity]);
  accountRefuses(account, 203, { retire_device: {} }, [fresh.signing], { author_device: fresh.id });
  accountRefuses(account, 206, { add_device: { device: { signing_key: fresh.signing.key, sync_key: fresh.signing.key } } },
    [account.identity, fresh.signing, fresh.signing]);
  accountRefuses(account, 206, { add_device: { device: { signing_key: fresh.signing.key, sync_key: account.way.key } } },
    [account.identity, fresh.signing, account.way]);
  accountRefuses(account, 208, { replace_wraps: { ways: account.state.login.ways } }, [account.identity]);
  accountRefuses(account, 208, { replace_wraps: { ways: [] } }, [account.identity]);
  accountRefuses(account, 206, {
    replace_wraps: {
      ways: [account.state.login.ways[0], { kind: RECOVERY, auth_key: account.way.key, wrap_hash: random() }],
    },
  }, [account.identity]);
  accountRefuses(account, 208, {
    replace_wraps: { ways: [{ kind: RECOVERY, auth_key: account.recovery.key, wrap_hash: random() }] },
  }, [account.identity, account.recovery]);
  accountRefuses(account, 111, {}, [account.identity]);
  account.retire(device);
  accountRefuses(account, 204, { retire_device: {} }, [device.signing], { author_device: device.id });
  const rotate = (changes, login) => [{
    revoke_and_rotate: {
      identity_key: fresh.signing.key,
      sealing_key: new Account().sealingKey,
      login: {
        ways: [{ kind: PASSWORD, auth_key: fresh.sync.key, wrap_hash: random() }],
        daily_hash: random(),
        authority_hash: random(),
        ...login,
      },
      ...changes,
    },
  }, [account.identity, fresh.signing, fresh.sync]];
  extendAccount(account.state, account.entry(...rotate({})));
  accountRefuses(account, 203, ...rotate({ revoked: [random()] }));
  accountRefuses(account, 112, ...rotate({ revoked: [device.id, device.id] }));
  accountRefuses(account, 210, ...rotate({}, { daily_hash: account.state.login.daily_hash }));
  accountRefuses(account, 210, ...rotate({}, { daily_hash: account.state.login.authority_hash }));
  accountRefuses(account, 210, ...rotate({}, { authority_hash: account.state.login.ways[0].wrap_hash }));
  accountRefuses(account, 206, ...rotate({ sealing_key: account.sealingKey }));
  const broken = Uint8Array.from(account.sealingKey).fill(0xff, 0, 3);
  accountRefuses(account, 207, ...rotate({ sealing_key: broken }));
  account.rotate([device]);
  accountRefuses(account, 209, {
    ...rotate({ revoked: [device.id] })[0],
  }, [account.identity, fresh.signing, fresh.sync]);
  const genesis = new Account();
  refused(201, () => extendAccount(undefined, account.entry({ retire_device: {} }, [account.identity], {
    account: new Uint8Array(0), seq: 0n, prev: new Uint8Array(32),
  })));
  accountRefuses(genesis, 202, { retire_device: {} }, [genesis.device.signing], { author_device: genesis.device.id });
});

test('sealing keys nobody can seal to', () => {
  const good = new Account().sealingKey;
  assert.ok(wellFormedSealingKey(good));
  const withPoint = (point) => concat(good.subarray(0, 1184), unhex(point));
  for (const point of [
    '00'.repeat(32), '00'.repeat(31) + '80', '01' + '00'.repeat(31),
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ec' + 'ff'.repeat(30) + '7f', 'ed' + 'ff'.repeat(30) + '7f', 'ee' + 'ff'.repeat(30) + 'ff',
  ]) {
    assert.ok(!wellFormedSealingKey(withPoint(point)), point);
  }
  assert.ok(wellFormedSealingKey(withPoint('02' + '00'.repeat(31))));
});

test('a group through all its changes, and its faults on the way', () => {
  const ann = Account.ready();
  const ben = Account.ready();
  const cas = Account.ready();
  const dan = Account.ready();
  const group = new Group(ann);
  groupRefuses(group, 308, ann, { close: {} });
  groupRefuses(group, 111, ann, {});
  group.first();
  groupRefuses(group, 301, ann, { genesis: {} });
  groupRefuses(group, 304, ben, { puts: [group.item({}).put] });
  groupRefuses(group, 103, ann, {}, { version: 2 });
  groupRefuses(group, 104, ben, {}, { version: 2 });

  // Adding, by contact and by invite.
  groupRefuses(group, 302, ann, { adds: [{ ...group.add(ann, ben, EDITOR), account: cas.id }] }, {}, 105);
  groupRefuses(group, 324, ann, { adds: [{ ...group.add(ann, ben, EDITOR), seal: undefined }] });
  groupRefuses(group, 322, ann, { adds: [{ ...group.add(ann, ben, EDITOR), seal: group.seal(ann, cas) }] });
  group.push(ann, { adds: [group.add(ann, ben, ADMIN)], note: group.note() });
  groupRefuses(group, 315, ann, { adds: [group.add(ann, ben, EDITOR)] });
  groupRefuses(group, 310, ben, { adds: [group.add(ben, cas, ADMIN)] });
  const invite = group.invite(EDITOR);
  groupRefuses(group, 310, ben, { open_invites: [{ ...invite.open, role: ADMIN }] });
  group.push(ben, { open_invites: [invite.open] });
  groupRefuses(group, 327, ben, { open_invites: [invite.open] });
  const adding = (changes, proof) => ({
    adds: [{ ...group.add(ann, cas, EDITOR), proof: { ...group.proof(invite, cas, proof), ...changes } }],
  });
  groupRefuses(group, 328, ann, adding({}, { group: random() }));
  groupRefuses(group, 328, ann, adding({ device_signature: new Uint8Array(64) }));
  groupRefuses(group, 326, ann, adding({}, { invite: random() }));
  groupRefuses(group, 329, ann, { adds: [{ ...adding().adds[0], role: VIEWER }] });
  group.push(ann, adding());
  assert.equal(group.state.invites.size, 0);
  assert.equal(group.state.closedInvites.size, 1);
  groupRefuses(group, 326, ann, { close_invites: [{ invite: invite.id }] });

  // Items.
  const { put } = group.item({ title: 'one' });
  groupRefuses(group, 331, cas, { puts: [{ ...put, replaces: random() }] });
  groupRefuses(group, 320, cas, { puts: [{ ...put, epoch: 2n }] });
  group.push(cas, { puts: [put] });
  groupRefuses(group, 331, cas, { puts: [put] });
  groupRefuses(group, 332, cas, { deletes: [{ item: random(16), replaces: random(), op_id: random(16) }] });
  const remove = { item: put.item, replaces: put.blob_hash, op_id: random(16) };
  groupRefuses(group, 330, cas, { deletes: [remove], puts: [put] });
  group.push(cas, { deletes: [remove] });
  groupRefuses(group, 330, cas, { deletes: [remove] });

  // Roles, leaving, re-anchoring.
  groupRefuses(group, 311, ann, { leave: {} });
  groupRefuses(group, 307, cas, { leave: {}, note: group.note() });
  groupRefuses(group, 309, cas, { roles: [{ account: cas.id, role: VIEWER }] });
  groupRefuses(group, 316, ann, { roles: [{ account: cas.id, role: EDITOR }] });
  groupRefuses(group, 310, ben, { roles: [{ account: ben.id, role: EDITOR }] });
  const lasting = group.invite(VIEWER);
  group.push(ben, { open_invites: [lasting.open] });
  group.push(ann, { roles: [{ account: ben.id, role: EDITOR }] });
  assert.equal(group.state.invites.size, 0);
  group.push(cas, { leave: {} });
  assert.ok(group.state.rotationDue);
  groupRefuses(group, 319, ben, { note: group.note() });
  groupRefuses(group, 322, ben, { epoch: group.epoch(ben, [ann, ben, cas]) });
  groupRefuses(group, 321, ben, { epoch: group.epoch(ben, [ann, ben], 1002n) });
  group.push(ben, { epoch: group.epoch(ben, [ann, ben]), note: group.note(2n) });
  assert.ok(!group.state.rotationDue);

  const device = ben.device;
  const spare = ben.addDevice();
  const reAnchor = { account: ben.id, entries: ben.entries.slice(-1) };
  groupRefuses(group, 305, ben, { note: group.note() });
  groupRefuses(group, 317, ann, { re_anchors: [{ account: ben.id, entries: ben.entries.slice(1) }] }, {}, 106);
  groupRefuses(group, 312, ann, { re_anchors: [{ ...reAnchor, account: cas.id }] });
  group.push(ben, { re_anchors: [reAnchor], note: group.note() }, { device: spare });
  assert.ok(!group.state.rotationDue);
  ben.rotate([device]);
  group.push(ann, { re_anchors: [{ account: ben.id, entries: ben.entries.slice(-1) }] });
  assert.ok(group.state.rotationDue);
  groupRefuses(group, 306, ben, { epoch: group.epoch(ben, [ann, ben]) });
  groupRefuses(group, 323, ben, {
    epoch: { ...group.epoch(ben, [ann, ben]), seals: group.epoch(ben, [ann, ben]).seals.map((seal) => ({ ...seal, key_id: random() })) },
  }, { device: spare });
  groupRefuses(group, 325, ben, {
    epoch: { ...group.epoch(ben, [ann, ben]), wraps: [{ epoch: 3n, box: new Uint8Array(113) }] },
  }, { device: spare });
  group.push(ben, { epoch: group.epoch(ben, [ann, ben]) }, { device: spare });

  // A former member comes back, at its anchor or later.
  cas.addDevice();
  group.push(ann, { adds: [group.add(ann, cas, VIEWER)] });
  assert.equal(group.state.formerMembers.size, 0);
  groupRefuses(group, 313, ann, { removes: [{ account: ann.id }], epoch: group.epoch(ann, [ann]) });
  groupRefuses(group, 314, ann, { removes: [{ account: cas.id }] });
  group.push(ann, { removes: [{ account: cas.id }], epoch: group.epoch(ann, [ann, ben]) });
  const shorter = { ...group.add(ann, cas, VIEWER), account_entries: cas.entries.slice(0, 2) };
  groupRefuses(group, 318, ann, { adds: [shorter] });
  groupRefuses(group, 312, ann, { removes: [{ account: dan.id }], epoch: group.epoch(ann, [ann, ben]) });

  group.push(ann, { info: { info: group.boxed('group-info', new Uint8Array(3)) } });
  const hashes = readGroup(group.entries).map((state) => hex(groupStateHash(state)));
  assert.equal(new Set(hashes).size, group.entries.length);
  group.push(ann, { close: {} });
  groupRefuses(group, 303, ann, { note: group.note() });
});

test('a personal group takes nobody', () => {
  const ann = Account.ready();
  const ben = Account.ready();
  const group = new Group(ann, PERSONAL).first();
  groupRefuses(group, 333, ann, { adds: [group.add(ann, ben)] });
  groupRefuses(group, 333, ann, { open_invites: [group.invite(VIEWER).open] });
});

test('an owner who steps down opens no invite above the new role', () => {
  const ann = Account.ready();
  const ben = Account.ready();
  const group = new Group(ann).first();
  group.push(ann, { adds: [group.add(ann, ben, OWNER)] });
  const roles = [{ account: ann.id, role: ADMIN }];
  groupRefuses(group, 310, ann, { roles, open_invites: [group.invite(ADMIN).open] });
  group.push(ann, { roles, open_invites: [group.invite(EDITOR).open] });
});

test('the judge tells verdicts apart', () => {
  const account = Account.ready();
  const vector = (entries, expect) => ({
    chain: 'account',
    entries: entries.map(({ body, signatures }) => ({ body: hex(body), signatures: signatures.map(hex) })),
    expect,
  });
  const bad = account.entry({ retire_device: {} }, [keyPair()], { author_device: account.device.id });
  const state = hex(accountStateHash(account.state));
  assert.equal(judge(vector(account.entries, { state })), undefined);
  assert.equal(judge(vector([...account.entries, bad], { fault: 110, at: 2 })), undefined);
  assert.match(judge(vector([...account.entries, bad], { fault: 109, at: 2 })), /expected fault 109/);
  assert.match(judge(vector([...account.entries, bad], { fault: 110, at: 1 })), /expected fault 110 at 1/);
  assert.match(judge(vector([...account.entries, bad], { state })), /expected a state/);
  assert.match(judge(vector(account.entries, { fault: 110, at: 1 })), /got none/);
  assert.match(judge(vector(account.entries, { state: '00' })), /expected state/);
});
