/**
 * What can go wrong on the way to a cloud, one fault a file, and what AWS minds that its emulator does not.
 * A fault sees a call, and passes it on, changes it, answers it itself or changes the answer.
 *
 * Adding a fault is a file of its own and one line in `faults`.
 */
import { clientTokens } from './client-tokens.ts';
import { cut } from './cut.ts';
import { delay } from './delay.ts';
import type { Fault, Interception, World } from './fault.ts';
import { hide } from './hide.ts';
import { linger } from './linger.ts';
import { pages } from './pages.ts';
import { placementGroups } from './placement-groups.ts';
import { refuse } from './refuse.ts';
import { refuseDeletes } from './refuse-deletes.ts';
import { serverError } from './server-error.ts';
import { throttle } from './throttle.ts';
import { tokenBuckets } from './token-buckets.ts';

/**
 * Every fault by its kind, outermost first: the network is nearest to the client, and what the cloud itself
 * minds is nearest to the target, in whatever order the rules were given.
 */
export const faults = {
  delay,
  cut,
  throttle,
  refuse,
  'token-buckets': tokenBuckets,
  'server-error': serverError,
  pages,
  hide,
  linger,
  'client-tokens': clientTokens,
  'refuse-deletes': refuseDeletes,
  'placement-groups': placementGroups,
} as const;

export type FaultKind = keyof typeof faults;

type SettingsOf<Kind extends FaultKind> =
  (typeof faults)[Kind] extends Fault<infer Settings> ? Settings : never;

/** A fault as data: its kind and its settings. */
export type FaultSettings = { [Kind in FaultKind]: { readonly kind: Kind } & SettingsOf<Kind> }[FaultKind];

/** How near to the client a fault acts; the least is the outermost. */
export function position(kind: FaultKind): number {
  return Object.keys(faults).indexOf(kind);
}

export function createFault(settings: FaultSettings, world: World): Interception {
  // The registry pairs each kind with its own settings, which the compiler cannot follow through the lookup.
  const fault = faults[settings.kind] as Fault<unknown>;
  return fault.create(settings, world);
}
