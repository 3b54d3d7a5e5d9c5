// One vector against this implementation: what it should be, or undefined when both agree.

import { accountStateHash, extendAccount } from './account.mjs';
import { hex, unhex } from './bytes.mjs';
import { Fault } from './fault.mjs';
import { extendGroup, groupStateHash } from './group.mjs';

const CHAINS = {
  account: { extend: extendAccount, stateHash: accountStateHash },
  group: { extend: extendGroup, stateHash: groupStateHash },
};

export const readEntry = (entry) => ({ body: unhex(entry.body), signatures: entry.signatures.map(unhex) });

export function judge(vector) {
  const chain = CHAINS[vector.chain];
  if (!chain || !Array.isArray(vector.entries) || !vector.expect) throw new TypeError('not a vector');
  const { fault, at, inner, state } = vector.expect;
  if ((fault === undefined) === (state === undefined)) throw new TypeError('expects not exactly one of fault and state');
  if (fault !== undefined && !(Number.isInteger(at) && at >= 0 && at < vector.entries.length)) {
    throw new TypeError('expects a fault at no entry');
  }

  let now;
  for (const [i, entry] of vector.entries.entries()) {
    try {
      now = chain.extend(now, readEntry(entry));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (fault === undefined) return `expected a state, got fault ${error.message} at ${i}`;
      if (i !== at || error.code !== fault) return `expected fault ${fault} at ${at}, got ${error.message} at ${i}`;
      if (inner !== undefined && error.inner?.code !== inner) return `expected inner fault ${inner}, got ${error.message}`;
      return undefined;
    }
    if (i === at) return `expected fault ${fault} at ${at}, got none`;
  }
  const stateHash = hex(chain.stateHash(now));
  return stateHash === state.toLowerCase() ? undefined : `expected state ${state}, got ${stateHash}`;
}
