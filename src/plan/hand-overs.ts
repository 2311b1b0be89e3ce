/**
 * What a stack hands over of its outputs. Which output goes is the template's to say, in its top-level
 * `Metadata: { Slipway: { HandOver: ... } }`; where things may go is the settings', which no pull request can write.
 */
import { digestOf } from '../base/canonical-json.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { hasUnknown, isList, isObject, isSecret, isUnknown, type Value } from '../base/value.ts';
import type { HandOverRecord } from '../state/hand-overs.ts';
import type { OutputChange } from './plan.ts';

/** One place for one value. */
export type Destination =
  | {
      readonly kind: 'vault';
      /** Which of the operator's. */
      readonly vault: string;
      /** Of version 2 of the key/value engine, with `data/` in it. */
      readonly path: string;
      readonly key: string;
    }
  | {
      readonly kind: 'variable' | 'secret';
      /** Of GitHub, in the stack's own repository. */
      readonly environment: string;
      readonly name: string;
    };

/** An output of the template, and where it goes. */
export interface HandOver {
  readonly output: string;
  readonly to: Destination;
  /** For so long a token that opens once stands for the value, which is not handed over itself. */
  readonly wrapSeconds?: number;
  readonly where?: SourceRange;
}

/** What a plan does of it: nothing is said of what was handed over already and is still the same. */
export interface HandOverChange extends Omit<HandOver, 'where'> {
  readonly action: 'give' | 'take-back';
}

/** The same text for the same place. One stack may have it, and no other. */
export function placeOf(to: Destination, repository: string): string {
  return to.kind === 'vault'
    ? `vault:${to.vault}:${to.path}#${to.key}`
    : `${to.kind}:${repository}:${to.name}:${to.environment}`;
}

/** The destination that `placeOf` made the text of. */
export function destinationAt(place: string): Destination | undefined {
  const [, vault, path, key] = /^vault:([^:]+):([^#]+)#(.+)$/.exec(place) ?? [];
  if (vault !== undefined && path !== undefined && key !== undefined)
    return { kind: 'vault', vault, path, key };
  const [, kind, name, environment] = /^(variable|secret):[^:]+:(\w+):(.+)$/.exec(place) ?? [];
  if ((kind !== 'variable' && kind !== 'secret') || name === undefined || environment === undefined)
    return undefined;
  return { kind, name, environment };
}

/** For people: `secret/data/shop/prod/database#url in Vault`. */
export function destinationText(to: Destination): string {
  if (to.kind === 'vault') return `${to.path}#${to.key} in Vault`;
  return `the ${to.kind} ${to.name} of the GitHub environment ${to.environment}`;
}

/**
 * Tells whether a value is the one that was handed over; undefined for what is not known yet. That of a secret is the
 * keyed one that plans have. How it is wrapped is a part of it: a token is something else than the text.
 */
export function handOverFingerprint(
  value: Value | undefined,
  { wrapSeconds }: Pick<HandOver, 'wrapSeconds'>,
): string | undefined {
  if (value === undefined || hasUnknown(value)) return undefined;
  const of = isSecret(value) ? `secret ${value.fingerprint}` : `plain ${digestOf(value)}`;
  return wrapSeconds === undefined ? of : `wrapped ${wrapSeconds} ${of}`;
}

/**
 * What stands against handing these over, as far as the values tell: a variable is for everybody to read, and one place
 * takes one text.
 */
export function refusedHandOvers(
  wanted: readonly HandOver[],
  outputs: readonly OutputChange[],
): Diagnostic[] {
  return wanted.flatMap(({ output, to, where }) => {
    const { after, secrets = {} } = outputs.find(({ name }) => name === output) ?? {};
    const say = (summary: string, remedy: string): Diagnostic[] => [
      { severity: 'error', code: 'hand-over-refused', summary, remedy, ...(where ? { where } : {}) },
    ];
    const isHidden = isSecret(after) || Object.keys(secrets).length > 0;
    if (to.kind === 'variable' && isHidden)
      return say(
        `${output} is a secret, and ${destinationText(to)} is none`,
        'Hand it over as a Secret, or to Vault.',
      );
    if (isList(after) || (isObject(after) && !isSecret(after) && !isUnknown(after)))
      return say(
        `${output} is no text, and only texts are handed over`,
        'Make one of it, with Fn::Join or Fn::ToJsonString.',
      );
    return [];
  });
}

/** What there is to do: what is not handed over yet, and what is and shall not be any more. */
export function planHandOvers(
  wanted: readonly HandOver[],
  outputs: readonly OutputChange[],
  recorded: readonly HandOverRecord[],
  repository: string,
): HandOverChange[] {
  const byName = new Map(outputs.map((output) => [output.name, output]));
  const there = new Map(recorded.map((record) => [record.place, record]));
  const places = new Set(wanted.map(({ to }) => placeOf(to, repository)));
  const given = wanted.flatMap((handOver): HandOverChange[] => {
    const { where: _, ...rest } = handOver;
    const record = there.get(placeOf(handOver.to, repository));
    const fingerprint = handOverFingerprint(byName.get(handOver.output)?.after, handOver);
    const isThere =
      record?.status === 'given' &&
      record.output === handOver.output &&
      fingerprint !== undefined &&
      record.fingerprint === fingerprint;
    return isThere ? [] : [{ ...rest, action: 'give' }];
  });
  const taken = recorded.flatMap(({ output, place }): HandOverChange[] => {
    const to = places.has(place) ? undefined : destinationAt(place);
    return to ? [{ output, to, action: 'take-back' }] : [];
  });
  return [...given, ...taken];
}
