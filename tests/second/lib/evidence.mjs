// Fork evidence: FORMAT.md section 9. Returns what a file shows, or throws a Fault.

import { equal } from './bytes.mjs';
import { decode, MalformedError } from './canonical.mjs';
import { Fault, must } from './fault.mjs';
import { extendGroup } from './group.mjs';

const BAD_EVIDENCE = 425;
const FILE_MAX = 67_108_864;

export function readEvidence(bytes) {
  must(bytes.length >= 1 && bytes.length <= FILE_MAX, BAD_EVIDENCE, 'size');
  let file;
  try {
    file = decode('ForkEvidence', bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new Fault(BAD_EVIDENCE, error.message);
  }
  must(file.version === 1, BAD_EVIDENCE, `version ${file.version}`);
  must(file.chain.length > 0, BAD_EVIDENCE, 'chain');
  must(file.ours, BAD_EVIDENCE, 'ours');
  must(file.theirs, BAD_EVIDENCE, 'theirs');
  const before = file.chain.reduce((state, commit) => extendGroup(state, commit), undefined);
  const ours = extendGroup(before, file.ours).head.id;
  const theirs = extendGroup(before, file.theirs).head.id;
  must(!equal(ours, theirs), BAD_EVIDENCE, 'one commit, twice');
  return { group: before.id, predecessor: before.head.seq, ours, theirs };
}
