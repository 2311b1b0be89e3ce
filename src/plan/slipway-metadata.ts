import type { Diagnostic } from '../base/diagnostic.ts';
import { nearest } from '../base/suggest.ts';
import { isObject, type Value } from '../base/value.ts';
import type { DesiredResource } from '../stack/stack.ts';

/**
 * What `Metadata: { Slipway: ... }` on a resource may hold. `State` is read in desired-state.ts, `PrivateKey` in
 * private-key-path.ts.
 */
const keys = ['Import', 'PrivateKey', 'RenamedFrom', 'State'] as const;

export function slipwayMetadata(
  { metadata }: Pick<DesiredResource, 'metadata'>,
  key: (typeof keys)[number],
): Value | undefined {
  return isObject(metadata.Slipway) ? metadata.Slipway[key] : undefined;
}

/** The physical id that the resource is to be imported by. */
export function importOf(resource: Pick<DesiredResource, 'metadata'>): string | undefined {
  const id = slipwayMetadata(resource, 'Import');
  return typeof id === 'string' ? id : undefined;
}

/** The logical id that the resource had until now. */
export function renamedFrom(resource: Pick<DesiredResource, 'metadata'>): string | undefined {
  const old = slipwayMetadata(resource, 'RenamedFrom');
  return typeof old === 'string' ? old : undefined;
}

/**
 * Keys that are misspelt, and values that are no text. Nothing of this may be passed over: a rename that is not seen
 * deletes what it was to keep.
 */
export function strangeMetadata(resource: DesiredResource): Diagnostic[] {
  const { metadata, logicalId, where } = resource;
  const { Slipway: slipway } = metadata;
  const say = (summary: string, remedy: string): Diagnostic => ({
    severity: 'error',
    code: 'plan-metadata',
    summary,
    remedy,
    where,
  });
  if (slipway === undefined) return [];
  if (!isObject(slipway)) {
    return [say(`The Slipway metadata of ${logicalId} is not a map`, `Use ${keys.join(', ')} in it.`)];
  }
  const unknown = Object.keys(slipway).filter((key) => !(keys as readonly string[]).includes(key));
  const found = unknown.map((key) => {
    const near = nearest(key, keys);
    return say(
      `The Slipway metadata of ${logicalId} has no ${key}`,
      near === undefined ? `It may have ${keys.join(', ')}.` : `Did you mean ${near}?`,
    );
  });
  for (const key of ['Import', 'RenamedFrom'] as const) {
    const value = slipway[key];
    if (value === undefined || (typeof value === 'string' && value !== '')) continue;
    const what = key === 'Import' ? 'physical id' : 'logical id';
    found.push(
      say(
        `${key} of ${logicalId} is no ${what}`,
        `Write the ${what} as text, or make it of texts and parameters.`,
      ),
    );
  }
  if (slipway.Import !== undefined && slipway.RenamedFrom !== undefined) {
    found.push(
      say(`${logicalId} is both imported and renamed`, 'Take Import or RenamedFrom out of its metadata.'),
    );
  }
  return found;
}

/** As CloudFormation: taking its few lines out again must not delete by default what was there long before them. */
export function unsaidDeletion(resource: DesiredResource): Diagnostic[] {
  const { logicalId, deletionPolicyIsDefault, where } = resource;
  if (!deletionPolicyIsDefault || importOf(resource) === undefined) return [];
  return [
    {
      severity: 'error',
      code: 'plan-metadata',
      summary: `${logicalId} is imported and has no DeletionPolicy`,
      remedy: 'Write DeletionPolicy: Retain, or Delete if it is to go when it leaves the template.',
      where,
    },
  ];
}
