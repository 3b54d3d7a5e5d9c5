// One vector against this implementation: what it should be, or undefined when both agree.

import { accountStateHash, extendAccount } from './account.mjs';
import { hex, unhex } from './bytes.mjs';
import { readEvidence } from './evidence.mjs';
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

export const isEvidence = (value) => value.file !== undefined;

const SHOWN = ['group', 'predecessor', 'ours', 'theirs'];

export function judgeEvidence({ file, expect }) {
  const { fault } = expect;
  const told = SHOWN.filter((name) => expect[name] !== undefined).length;
  if (fault === undefined ? told !== SHOWN.length : told !== 0) throw new TypeError('expects not exactly one of fault and fork');

  let shown;
  try {
    shown = readEvidence(unhex(file));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (fault === undefined) return `expected a fork, got fault ${error.message}`;
    return error.code === fault ? undefined : `expected fault ${fault}, got ${error.message}`;
  }
  if (fault !== undefined) return `expected fault ${fault}, got none`;
  const got = { ...shown, group: hex(shown.group), ours: hex(shown.ours), theirs: hex(shown.theirs) };
  const wrong = SHOWN.filter((name) => String(got[name]) !== String(expect[name]).toLowerCase());
  return wrong.map((name) => `expected ${name} ${expect[name]}, got ${got[name]}`).join('; ') || undefined;
}
