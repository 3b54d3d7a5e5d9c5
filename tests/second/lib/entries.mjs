// What both chains share: FORMAT.md section 3.

import { allZero, compare, equal } from './bytes.mjs';
import { decode, encode, MalformedError } from './canonical.mjs';
import * as fault from './fault.mjs';
import { must } from './fault.mjs';

export const BODY_MAX = 1_048_576;
export const SIGNATURES_MAX = 8;

// The body as `type`, checked up to and including rule 107. `before` is undefined for a genesis; `ownId` names the field of
// the chain's id; `newerKey(body)` gives the key that may sign a newer format, or undefined.
export function open(type, ownId, before, entry, newerKey) {
  const { body: bytes, signatures } = entry;
  must(bytes.length <= BODY_MAX, fault.TOO_LARGE, 'body');
  must(signatures.length >= 1 && signatures.length <= SIGNATURES_MAX, fault.SIGNATURE_COUNT);
  let body;
  try {
    body = decode(type, bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new fault.Fault(fault.NOT_CANONICAL, error.message);
  }
  if (body.version > 1 && before && !position(body[ownId], body, before) && newerKey(body)) {
    throw new fault.Fault(fault.NEWER_FORMAT);
  }
  must(body.version === 1, fault.UNKNOWN_FORMAT, `version ${body.version}`);
  must(equal(encode(type, body), bytes), fault.NOT_CANONICAL, 're-encodes to other bytes');
  const misplaced = position(body[ownId], body, before);
  must(!misplaced, misplaced);
  return body;
}

// The fault of rules 105 to 107, or undefined.
function position(ownId, body, before) {
  if (!before) {
    if (ownId.length !== 0) return fault.WRONG_CHAIN;
    if (body.seq !== 0n) return fault.WRONG_SEQ;
    return body.prev.length === 32 && allZero(body.prev) ? undefined : fault.WRONG_PREV;
  }
  if (!equal(ownId, before.id)) return fault.WRONG_CHAIN;
  if (body.seq !== before.head.seq + 1n) return fault.WRONG_SEQ;
  return equal(body.prev, before.head.id) ? undefined : fault.WRONG_PREV;
}

export function mustAscend(list, keyOf, detail) {
  for (let i = 1; i < list.length; i++) {
    const [a, b] = [keyOf(list[i - 1]), keyOf(list[i])];
    must(typeof a === 'bigint' ? a < b : compare(a, b) < 0, fault.NOT_ASCENDING, detail);
  }
}

export const sameHead = (a, b) => a.seq === b.seq && equal(a.id, b.id);
