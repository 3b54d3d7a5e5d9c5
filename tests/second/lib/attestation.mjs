// Attestations: FORMAT.md section 9. Returns the body, or throws a Fault.

import { equal, hex } from './bytes.mjs';
import { decode, isCanonical, MalformedError } from './canonical.mjs';
import { isActive } from './account.mjs';
import { mustAscend } from './entries.mjs';
import * as fault from './fault.mjs';
import { Fault, must } from './fault.mjs';
import { verify } from './signature.mjs';

const ECHOES_MAX = 32;

export function readAttestation(group, { body: bytes, signature }) {
  let body;
  try {
    body = decode('AttestationBody', bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new Fault(fault.NOT_CANONICAL, error.message);
  }
  must(isCanonical('AttestationBody', body, bytes), fault.NOT_CANONICAL);
  must(body.version === 1, fault.UNKNOWN_FORMAT);
  must(equal(body.group, group.id), fault.WRONG_CHAIN);
  must(body.counter > 0n, fault.BAD_FIELD, 'counter');
  for (const head of [body.account_head, body.group_head]) must(head?.id.length === 32, fault.BAD_FIELD, 'head');
  must(body.echoes.length <= ECHOES_MAX, fault.TOO_LARGE, 'echoes');
  for (const echo of body.echoes) must(echo.device.length === 32, fault.BAD_FIELD, 'echoes');
  mustAscend(body.echoes, (echo) => echo.device, 'echoes');
  const member = group.members.get(hex(body.account));
  must(member, 304);
  must(isActive(member.anchor, body.device), 306);
  const { syncKey } = member.anchor.devices.get(hex(body.device));
  must(verify('sign/attestation', signature, bytes, syncKey), fault.BAD_SIGNATURE);
  return body;
}
