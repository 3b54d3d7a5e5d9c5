// The group chain: FORMAT.md section 5, in its order.

import { EMPTY, equal, hex, unhex } from './bytes.mjs';
import { decode, encode, enumValue, isCanonical, MalformedError } from './canonical.mjs';
import { accountSealingKeyId, accountState, ACTIVE, extendAccount, isActive, readAccount, REVOKED } from './account.mjs';
import { mustAscend, open, sameHead } from './entries.mjs';
import * as fault from './fault.mjs';
import { Fault, must } from './fault.mjs';
import { entryId, hash, inviteId } from './hash.mjs';
import { verify } from './signature.mjs';

const TAG = 'sign/group-commit';
export const VIEWER = enumValue('Role', 'ROLE_VIEWER');
export const EDITOR = enumValue('Role', 'ROLE_EDITOR');
export const ADMIN = enumValue('Role', 'ROLE_ADMIN');
export const OWNER = enumValue('Role', 'ROLE_OWNER');
export const SHARED = enumValue('GroupKind', 'GROUP_KIND_SHARED');
export const PERSONAL = enumValue('GroupKind', 'GROUP_KIND_PERSONAL');

const CHANGES = ['re_anchors', 'removes', 'roles', 'close_invites', 'open_invites', 'adds', 'deletes', 'puts'];
const SINGLE = ['info', 'leave', 'epoch', 'close', 'note'];
const CHANGES_MAX = 256;
const ADDS_MAX = 64;
const WRAPS_MAX = 64;
const ATTACHMENTS_MAX = 64;
const ENTRIES_MAX = 512;
const MEMBERS_MAX = 500;
const INVITES_MAX = 64;
const ITEMS_MAX = 200_000;
const EPOCH_STEP_MAX = 1_000n;
const BOX_MIN = 593;
const BOXED_MAX = 65_617;
const BLOB_MAX = 1_048_657;
const SEALED = 1_168;
const WRAP_BOX = 113;
const PROOF_MAX = 1_024;
const SIGNATURE = 64;

const field = (condition, detail) => must(condition, fault.BAD_FIELD, detail);
const sized = (bytes, length, detail) => field(bytes.length === length, detail);
const between = (n, min, max, detail) => field(n >= min && n <= max, detail);

function shapeAuthor(body) {
  sized(body.author_account, 32, 'author_account');
  sized(body.author_device, 32, 'author_device');
  field(body.author_head, 'author_head');
  sized(body.author_head.id, 32, 'author_head');
}

function shapeBoxed(boxed, detail) {
  field(boxed.epoch !== 0n, detail);
  between(boxed.box.length, BOX_MIN, BOXED_MAX, detail);
}

function shapeSeal(seal, detail) {
  sized(seal.account, 32, detail);
  sized(seal.key_id, 32, detail);
  sized(seal.sealed, SEALED, detail);
}

const shapeRole = (role, detail) => between(role, VIEWER, OWNER, detail);

function shapeList(list, detail, keyOf, element) {
  list.forEach(element);
  mustAscend(list, keyOf, detail);
}

function shape(body) {
  shapeList(body.re_anchors, 're_anchors', (one) => one.account, (one) => {
    sized(one.account, 32, 're_anchors');
    between(one.entries.length, 1, ENTRIES_MAX - 1, 're_anchors');
  });
  if (body.info) {
    field(body.info.info, 'info');
    shapeBoxed(body.info.info, 'info');
  }
  shapeList(body.removes, 'removes', (one) => one.account, (one) => sized(one.account, 32, 'removes'));
  shapeList(body.roles, 'roles', (one) => one.account, (one) => {
    sized(one.account, 32, 'roles');
    shapeRole(one.role, 'roles');
  });
  shapeList(body.close_invites, 'close_invites', (one) => one.invite, (one) => sized(one.invite, 32, 'close_invites'));
  shapeList(body.open_invites, 'open_invites', (one) => one.invite_key, (one) => {
    sized(one.invite_key, 32, 'open_invites');
    shapeRole(one.role, 'open_invites');
    field(one.terms, 'terms');
  });
  for (const one of body.open_invites) shapeBoxed(one.terms, 'terms');
  must(body.adds.length <= ADDS_MAX, fault.TOO_LARGE, 'adds');
  shapeList(body.adds, 'adds', (one) => one.account, shapeAdd);
  if (body.epoch) shapeEpoch(body.epoch);
  shapeList(body.deletes, 'deletes', (one) => one.item, (one) => {
    sized(one.item, 16, 'deletes');
    sized(one.replaces, 32, 'deletes');
    sized(one.op_id, 16, 'deletes');
  });
  shapeList(body.puts, 'puts', (one) => one.item, (one) => {
    sized(one.item, 16, 'puts');
    field(one.epoch !== 0n, 'puts');
    sized(one.blob_hash, 32, 'puts');
    between(one.blob_size, BOX_MIN, BLOB_MAX, 'puts');
    field(one.replaces.length === 0 || one.replaces.length === 32, 'puts');
    sized(one.op_id, 16, 'puts');
    field(one.attachments.length <= ATTACHMENTS_MAX, 'attachments');
  });
  for (const put of body.puts) {
    shapeList(put.attachments, 'attachments', (one) => one.hash, (one) => {
      sized(one.hash, 32, 'attachments');
      between(one.size, BOX_MIN, BLOB_MAX, 'attachments');
    });
  }
  if (body.note) shapeBoxed(body.note, 'note');
}

function shapeAdd(add) {
  sized(add.account, 32, 'adds');
  shapeRole(add.role, 'adds');
  between(add.account_entries.length, 2, ENTRIES_MAX, 'adds');
  if (add.seal) shapeSeal(add.seal, 'adds');
  if (add.proof) {
    between(add.proof.body.length, 1, PROOF_MAX, 'proof');
    sized(add.proof.invite_signature, SIGNATURE, 'proof');
    sized(add.proof.device_signature, SIGNATURE, 'proof');
  }
}

function shapeEpoch(epoch) {
  field(epoch.number !== 0n, 'epoch');
  sized(epoch.commitment, 32, 'epoch');
  must(epoch.wraps.length <= WRAPS_MAX, fault.TOO_LARGE, 'wraps');
  shapeList(epoch.seals, 'seals', (seal) => seal.account, (seal) => shapeSeal(seal, 'seals'));
  for (const wrap of epoch.wraps) {
    field(wrap.epoch !== 0n, 'wraps');
    sized(wrap.box, WRAP_BOX, 'wraps');
  }
  mustAscend(epoch.wraps, (wrap) => wrap.epoch, 'wraps');
}

// An account chain inside a commit: its own fault is carried.
function inner(read, codeOf = () => 302) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(codeOf(error.code), '', error);
  }
}

const mayTouch = (authorRole, role) => authorRole === OWNER || (authorRole === ADMIN && role < ADMIN);

function newerKeySigned(before, entry, body) {
  const account = before.members.get(hex(body.author_account))?.anchor;
  const device = account?.devices.get(hex(body.author_device));
  return entry.signatures.length === 1 && device?.status === ACTIVE &&
    verify(TAG, entry.signatures[0], entry.body, device.signingKey);
}

function mustBeSigned(entry, anchor, device) {
  must(entry.signatures.length === 1, fault.SIGNATURE_COUNT);
  const key = anchor.devices.get(hex(device)).signingKey;
  must(verify(TAG, entry.signatures[0], entry.body, key), fault.BAD_SIGNATURE);
}

// The state after one more commit; throws a Fault. States are never changed once made.
export function extendGroup(before, entry) {
  const body = open('GroupBody', 'group', before, entry, (newer) => newerKeySigned(before, entry, newer));
  const id = entryId('hash/group-commit', body.prev, entry.body, entry.signatures);
  return before ? later(before, entry, body, id) : genesis(entry, body, id);
}

function genesis(entry, body, id) {
  shapeAuthor(body);
  must(body.genesis, 301);
  must(CHANGES.every((list) => body[list].length === 0) && SINGLE.every((one) => !body[one]), 301, 'not alone');
  field(body.genesis.kind === SHARED || body.genesis.kind === PERSONAL, 'kind');
  between(body.genesis.account_entries.length, 2, ENTRIES_MAX, 'account_entries');
  sized(body.genesis.random, 32, 'random');
  const anchor = inner(() => readAccount(body.genesis.account_entries).at(-1));
  must(equal(anchor.id, body.author_account), 304);
  must(sameHead(anchor.head, body.author_head), 305);
  must(isActive(anchor, body.author_device), 306);
  mustBeSigned(entry, anchor, body.author_device);
  return {
    id,
    head: { seq: 0n, id },
    kind: body.genesis.kind,
    closed: false,
    members: new Map([[hex(anchor.id), { account: anchor.id, role: OWNER, anchor }]]),
    formerMembers: new Map(),
    epoch: 0n,
    epochs: [],
    rotationDue: false,
    invites: new Map(),
    closedInvites: new Set(),
    items: new Map(),
    deletedItems: new Set(),
    info: undefined,
  };
}

// A state in the making: each map is copied when it is first written.
class Draft {
  constructor(before, body, id) {
    Object.assign(this, before, { head: { seq: body.seq, id } });
    this.copied = new Set();
  }

  writable(name) {
    if (!this.copied.has(name)) {
      this[name] = this[name] instanceof Map ? new Map(this[name]) : new Set(this[name]);
      this.copied.add(name);
    }
    return this[name];
  }

  finished() {
    const { copied, ...state } = this;
    return state;
  }

  closeInvite(id) {
    this.writable('invites').delete(id);
    this.writable('closedInvites').add(id);
  }

  closeInvitesWhere(condition) {
    for (const [id, invite] of [...this.invites]) {
      if (condition(invite)) this.closeInvite(id);
    }
  }

  part(account) {
    const member = this.members.get(account);
    this.writable('members').delete(account);
    this.writable('formerMembers').set(account, { account: member.account, anchor: member.anchor.head });
    this.closeInvitesWhere((invite) => hex(invite.opener) === account);
  }

  reAnchor(reAnchor) {
    const account = hex(reAnchor.account);
    const member = this.members.get(account);
    const old = member.anchor;
    const now = inner(
      () => reAnchor.entries.reduce(extendAccount, old),
      (code) => ([fault.WRONG_CHAIN, fault.WRONG_SEQ, fault.WRONG_PREV].includes(code) ? 317 : 302),
    );
    this.writable('members').set(account, { ...member, anchor: now });
    const lost = [...now.devices].filter(([id, device]) =>
      device.status !== ACTIVE && (!old.devices.has(id) || old.devices.get(id).status === ACTIVE));
    const lostIds = new Set(lost.map(([id]) => id));
    this.closeInvitesWhere((invite) => hex(invite.opener) === account && lostIds.has(hex(invite.openerDevice)));
    const revoked = [...now.devices].some(([id, device]) =>
      device.status === REVOKED && old.devices.get(id)?.status !== REVOKED);
    if (revoked || !equal(old.sealingKey, now.sealingKey)) this.rotationDue = true;
  }
}

function leastRole(body) {
  if (body.close) return OWNER;
  if (body.info || ['removes', 'roles', 'close_invites', 'open_invites', 'adds'].some((list) => body[list].length > 0)) {
    return ADMIN;
  }
  return body.epoch || body.note || body.deletes.length > 0 || body.puts.length > 0 ? EDITOR : VIEWER;
}

function later(before, entry, body, id) {
  must(!before.closed, 303);
  shapeAuthor(body);
  must(!body.genesis, 301);
  const changes = CHANGES.reduce((sum, list) => sum + body[list].length, 0);
  must(changes <= CHANGES_MAX, 335);
  must(changes > 0 || SINGLE.some((one) => body[one]), fault.EMPTY_ENTRY);
  shape(body);

  const author = hex(body.author_account);
  must(before.members.has(author), 304);
  const role = before.members.get(author).role;
  const draft = new Draft(before, body, id);
  const own = body.re_anchors.find((one) => hex(one.account) === author);
  if (own) draft.reAnchor(own);
  const anchor = draft.members.get(author).anchor;
  must(sameHead(body.author_head, anchor.head), 305);
  must(isActive(anchor, body.author_device), 306);
  mustBeSigned(entry, anchor, body.author_device);

  if (body.leave) {
    must(changes === (own ? 1 : 0) && SINGLE.every((one) => one === 'leave' || !body[one]), 307, 'leave');
  }
  if (body.close) must(changes === 0 && SINGLE.every((one) => one === 'close' || !body[one]), 307, 'close');
  if (body.seq === 1n) {
    must(body.epoch?.number === 1n && body.adds.length === 0 && body.open_invites.length === 0, 308);
  }
  must(role >= leastRole(body), 309);

  for (const reAnchor of body.re_anchors) {
    if (reAnchor === own) continue;
    must(draft.members.has(hex(reAnchor.account)), 312);
    draft.reAnchor(reAnchor);
  }
  removes(draft, body, author, role);
  if (body.leave) {
    draft.part(author);
    draft.rotationDue = true;
  }
  roles(draft, body, role);
  must([...draft.members.values()].some((member) => member.role === OWNER), 311);
  closeInvites(draft, body, role);
  openInvites(draft, body, role, author);
  adds(draft, body, role);
  if (body.epoch) startEpoch(draft, before, body);
  const boxedUnderEpoch = [
    ...(body.info ? [body.info.info] : []),
    ...body.open_invites.map((invite) => invite.terms),
    ...body.puts,
    ...(body.note ? [body.note] : []),
  ];
  must(!draft.rotationDue || boxedUnderEpoch.length === 0, 319);
  must(boxedUnderEpoch.every((boxed) => boxed.epoch === draft.epoch), 320);
  deletes(draft, body);
  puts(draft, body);
  if (body.info) draft.info = body.info.info;
  if (body.close) draft.closed = true;
  return draft.finished();
}

function removes(draft, body, author, role) {
  for (const remove of body.removes) {
    const target = hex(remove.account);
    must(target !== author, 313);
    must(draft.members.has(target), 312);
    must(mayTouch(role, draft.members.get(target).role), 310);
    draft.part(target);
  }
  must(body.removes.length === 0 || body.epoch, 314);
}

function roles(draft, body, role) {
  for (const change of body.roles) {
    const target = hex(change.account);
    const member = draft.members.get(target);
    must(member, 312);
    must(member.role !== change.role, 316);
    must(mayTouch(role, member.role) && mayTouch(role, change.role), 310);
    draft.writable('members').set(target, { ...member, role: change.role });
    if (change.role < member.role) draft.closeInvitesWhere((invite) => hex(invite.opener) === target);
  }
}

function closeInvites(draft, body, role) {
  for (const close of body.close_invites) {
    const invite = draft.invites.get(hex(close.invite));
    must(invite, 326);
    must(mayTouch(role, invite.role), 310);
    draft.closeInvite(hex(close.invite));
  }
}

function openInvites(draft, body, role, author) {
  for (const invite of body.open_invites) {
    must(draft.kind !== PERSONAL, 333);
    must(mayTouch(role, invite.role) && mayTouch(draft.members.get(author).role, invite.role), 310);
    const id = inviteId(invite.invite_key);
    const key = hex(id);
    must(!draft.invites.has(key) && !draft.closedInvites.has(key), 327);
    must(draft.invites.size < INVITES_MAX, 336);
    draft.writable('invites').set(key, {
      id,
      key: invite.invite_key,
      role: invite.role,
      opener: body.author_account,
      openerDevice: body.author_device,
      opened: draft.head,
      terms: invite.terms,
    });
  }
}

function adds(draft, body, role) {
  for (const add of body.adds) {
    const account = hex(add.account);
    must(draft.kind !== PERSONAL, 333);
    must(!draft.members.has(account), 315);
    must(mayTouch(role, add.role), 310);
    const states = inner(() => {
      const all = readAccount(add.account_entries);
      must(equal(all[0].id, add.account), fault.WRONG_CHAIN);
      return all;
    });
    const anchor = states.at(-1);
    const former = draft.formerMembers.get(account);
    must(!former || anchor.head.seq >= former.anchor.seq, 318);
    must(Boolean(add.seal) !== Boolean(body.epoch), 324);
    if (add.seal) {
      must(equal(add.seal.account, add.account), 322);
      must(equal(add.seal.key_id, accountSealingKeyId(anchor)), 323);
    }
    if (add.proof) joinProof(draft, body, add, states);
    draft.writable('members').set(account, { account: add.account, role: add.role, anchor });
    if (former) draft.writable('formerMembers').delete(account);
  }
  must(draft.members.size <= MEMBERS_MAX, 334);
}

function joinProof(draft, body, add, states) {
  const { proof } = add;
  let join;
  try {
    join = decode('JoinBody', proof.body);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new Fault(328, error.message);
  }
  must(isCanonical('JoinBody', join, proof.body), 328, 're-encodes to other bytes');
  must(join.invite.length === 32, 328, 'invite');
  const key = hex(join.invite);
  const invite = draft.invites.get(key);
  must(invite, 326);
  must(invite.role === add.role, 329);
  must(join.version === 1, 328, 'version');
  must(equal(join.group, draft.id), 328, 'group');
  must(equal(join.invite_commit, invite.opened.id), 328, 'invite_commit');
  must(equal(join.account, add.account), 328, 'account');
  must(join.sealed_name_hash.length === 32, 328, 'sealed_name_hash');
  must(join.head && states.some((state) => sameHead(state.head, join.head)), 328, 'head');
  // "There" is the carried chain as it ends: the device must not have lost its authority since.
  const anchor = states.at(-1);
  must(isActive(anchor, join.device), 328, 'device');
  must(verify('sign/join-by-invite', proof.invite_signature, proof.body, invite.key), 328, 'invite signature');
  const device = anchor.devices.get(hex(join.device));
  must(verify('sign/join-by-device', proof.device_signature, proof.body, device.signingKey), 328, 'device signature');
  draft.closeInvite(key);
}

function startEpoch(draft, before, body) {
  const { epoch } = body;
  must(epoch.number > draft.epoch && epoch.number <= draft.epoch + EPOCH_STEP_MAX, 321);
  const roster = [...draft.members.keys()].sort();
  must(epoch.seals.length === roster.length && epoch.seals.every((seal, i) => hex(seal.account) === roster[i]), 322);
  for (const seal of epoch.seals) {
    must(equal(seal.key_id, accountSealingKeyId(draft.members.get(hex(seal.account)).anchor)), 323);
  }
  const started = new Set(before.epochs.map((one) => one.number));
  must(epoch.wraps.every((wrap) => started.has(wrap.epoch)), 325);
  draft.epoch = epoch.number;
  draft.epochs = [
    ...draft.epochs,
    { number: epoch.number, commitment: epoch.commitment, author: body.author_account, seq: body.seq },
  ];
  draft.rotationDue = false;
}

function deletes(draft, body) {
  for (const one of body.deletes) {
    const item = hex(one.item);
    const live = draft.items.get(item);
    must(live, draft.deletedItems.has(item) ? 330 : 332);
    must(equal(one.replaces, live.blob_hash), 331);
    draft.writable('items').delete(item);
    draft.writable('deletedItems').add(item);
  }
}

function puts(draft, body) {
  for (const put of body.puts) {
    const item = hex(put.item);
    must(!draft.deletedItems.has(item), 330);
    must(equal(put.replaces, draft.items.get(item)?.blob_hash ?? EMPTY), 331);
    draft.writable('items').set(item, {
      id: put.item,
      epoch: put.epoch,
      blob_hash: put.blob_hash,
      blob_size: put.blob_size,
      attachments: put.attachments,
      seq: body.seq,
      author: body.author_account,
      author_device: body.author_device,
    });
  }
  must(draft.items.size <= ITEMS_MAX, 337);
}

export function readGroup(entries) {
  const states = [];
  for (const entry of entries) states.push(extendGroup(states.at(-1), entry));
  return states;
}

const sorted = (map) => [...map.keys()].sort().map((key) => map.get(key));

export function groupState(group) {
  return {
    group: group.id,
    head: group.head,
    kind: group.kind,
    closed: group.closed,
    members: sorted(group.members).map((member) => ({ ...member, anchor: accountState(member.anchor) })),
    former_members: sorted(group.formerMembers),
    epoch: group.epoch,
    epochs: group.epochs,
    rotation_due: group.rotationDue,
    invites: sorted(group.invites).map(({ openerDevice, ...invite }) => ({ ...invite, opener_device: openerDevice })),
    closed_invites: [...group.closedInvites].sort().map(unhex),
    items: sorted(group.items),
    deleted_items: [...group.deletedItems].sort().map(unhex),
    info: group.info,
  };
}

export const groupStateHash = (group) => hash('hash/group-state', encode('GroupState', groupState(group)));
