// Invite codes, contact cards, link keys, words and tokens: FORMAT.md section 9.

import { concat, equal, hex, u64be } from './bytes.mjs';
import { decode, encode, isCanonical } from './canonical.mjs';
import { derive, hash } from './hash.mjs';
import { crockford } from './keys.mjs';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHECK = 4;

const check = (bytes) => hash('hash/code', bytes).subarray(0, CHECK);

export function writeText(prefix, bytes) {
  const bits = BigInt('0x' + hex(concat(bytes, check(bytes))));
  const length = (bytes.length + CHECK) * 8;
  const count = Math.ceil(length / 5);
  let rest = bits << BigInt(count * 5 - length);
  let digits = '';
  for (; digits.length < count; rest >>= 5n) digits = DIGITS[Number(rest & 31n)] + digits;
  return [prefix, ...digits.match(/.{1,5}/g)].join('-');
}

export function readText(prefix, text) {
  const plain = text.replace(/[-\s]/g, '');
  const digits = crockford(plain.slice(prefix.length));
  if (plain.slice(0, prefix.length).toUpperCase() !== prefix) throw new Error('not such a code');
  const length = Math.floor((digits.length * 5) / 8);
  if (length < CHECK || digits.length !== Math.ceil((length * 8) / 5)) throw new Error('not such a code');
  let bits = 0n;
  for (const digit of digits) {
    if (!DIGITS.includes(digit)) throw new Error('not such a code');
    bits = (bits << 5n) | BigInt(DIGITS.indexOf(digit));
  }
  const spare = BigInt(digits.length * 5 - length * 8);
  if (bits & ((1n << spare) - 1n)) throw new Error('not such a code');
  const all = new Uint8Array(Buffer.from((bits >> spare).toString(16).padStart(length * 2, '0'), 'hex'));
  const bytes = all.subarray(0, length - CHECK);
  if (!equal(all.subarray(length - CHECK), check(bytes))) throw new Error('mistyped');
  return bytes;
}

function readMessage(type, prefix, text) {
  const bytes = readText(prefix, text);
  const message = decode(type, bytes);
  if (!isCanonical(type, message, bytes) || message.version !== 1) throw new Error('not such a code');
  return message;
}

export const writeInviteCode = (code) => writeText('SVI1', encode('InviteCode', { version: 1, ...code }));
export const readInviteCode = (text) => readMessage('InviteCode', 'SVI1', text);
export const writeContactCard = (card) => writeText('SVC1', encode('ContactCard', { version: 1, ...card }));
export const readContactCard = (text) => readMessage('ContactCard', 'SVC1', text);

export const inviteSeed = (secret) => derive(secret, 32, undefined, 'derive/invite-key');
export const invitationHash = (group, commit, opener) => hash('hash/invitation', group, commit, opener).subarray(0, 16);
export const sealedNameHash = (sealed) => hash('hash/sealed-name', sealed);

export const linkMailbox = (code) => derive(code, 32, undefined, 'derive/link-mailbox');
export const linkKey = (code, step, ...boxes) =>
  derive(code, 32, undefined, 'derive/link-key', step, hash('hash/link-message', ...boxes));

// Places in the list of words, eleven bits each.
export function wordIndices(bytes, count) {
  const bits = BigInt('0x' + hex(bytes)) >> BigInt(bytes.length * 8 - count * 11);
  return Array.from({ length: count }, (_, i) => Number((bits >> BigInt((count - 1 - i) * 11)) & 2047n));
}

export const accountWords = (account) => wordIndices(hash('hash/fingerprint', account), 12);
export const groupWords = (group, seq, commit) => wordIndices(hash('hash/group-code', group, u64be(seq), commit), 6);

export const changeToken = (group, seq, commit) => concat(Uint8Array.of(1), group, u64be(seq), commit);
