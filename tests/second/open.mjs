// Opens what a relay stores: node open.mjs --db relay.db --secret-key SV1-… --password-stdin
// or                        node open.mjs --db relay.db --recovery-code SVR1-…
// Prints everything that the account can read, as JSON.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readRecoveryCode, readSecretKey } from './lib/keys.mjs';
import { openRelay } from './lib/relay.mjs';
import { readAll, unlockWithPassword, unlockWithRecoveryCode } from './lib/vault.mjs';

const { values } = parseArgs({
  options: {
    db: { type: 'string' },
    'secret-key': { type: 'string' },
    'password-stdin': { type: 'boolean' },
    'recovery-code': { type: 'string' },
  },
});
const byPassword = values['secret-key'] !== undefined && values['password-stdin'];
if (values.db === undefined || Boolean(byPassword) === (values['recovery-code'] !== undefined)) {
  console.error('usage: node open.mjs --db <file> (--secret-key SV1-… --password-stdin | --recovery-code SVR1-…)');
  process.exit(2);
}

const relay = await openRelay(values.db);
const owner = byPassword
  ? unlockWithPassword(relay, readFileSync(0, 'utf8').replace(/\r?\n$/, ''), readSecretKey(values['secret-key']))
  : unlockWithRecoveryCode(relay, readRecoveryCode(values['recovery-code']));
console.log(JSON.stringify(readAll(relay, owner), null, 2));
