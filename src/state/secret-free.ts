import { SlipwayError } from '../base/error.ts';
import { isSecret, reservedKey } from '../base/value.ts';

/**
 * The last look before something is stored for good: every `$slipway` marker in it has only the fields that its
 * kind may have, so that a plaintext which somebody put beside a fingerprint cannot get in. What was never
 * marked as secret cannot be recognised here; that is the engine's duty.
 *
 * @throws SlipwayError `internal`
 */
export function assertSecretFree(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (reservedKey in value) assertMarker(value);
  for (const part of Object.values(value)) assertSecretFree(part);
}

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  unknown: ['of', 'secrets'],
  secret: ['fingerprint'],
  parameter: ['name'],
  resolve: ['reference'],
};

function assertMarker(marker: object): void {
  const { [reservedKey]: kind, ...fields } = marker as Record<string, unknown>;
  const allowed = typeof kind === 'string' ? fieldsOf[kind] : undefined;
  const strange = allowed === undefined || Object.keys(fields).some((name) => !allowed.includes(name));
  const notFingerprint = isSecret(marker) && !/^[0-9a-f]{32}$/.test(marker.fingerprint);
  if (!strange && !notFingerprint) return;
  throw new SlipwayError('internal', {
    summary: 'Something that may be a secret was about to be stored, and was refused',
    // The names alone: the values may be what must not be seen.
    detail: `A '${String(kind)}' marker with the fields ${Object.keys(fields).sort().join(', ')}`,
  });
}
