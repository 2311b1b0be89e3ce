/** What a template's `UpdatePolicy` says of a group, which has it as a property: see stack/resolve-resource.ts. */
import { SlipwayError } from '../../../base/error.ts';
import { isoDurationMs } from '../../../base/iso-duration.ts';
import { isList, isObject, isSecret, isUnknown, type Properties, type Value } from '../../../base/value.ts';
import { texts } from '../../plain-value.ts';

/**
 * A change of one of these changes what the group's instances are: then CloudFormation replaces the group, or its
 * instances in batches, as the policy says. Source: the template reference, 'UpdatePolicy attribute'.
 */
export const instanceProperties: readonly string[] = [
  'LaunchConfigurationName',
  'LaunchTemplate',
  'MixedInstancesPolicy',
  'PlacementGroup',
  'VPCZoneIdentifier',
];

/** `AutoScalingRollingUpdate`, with CloudFormation's defaults. */
export interface RollingUpdate {
  readonly maxBatchSize: number;
  readonly minInService: number;
  /** How much of the group's capacity must be in service before the next batch. */
  readonly minActivePercent: number;
  readonly pauseMs: number;
  readonly suspend: readonly string[];
}

/** Whether a change of its instances replaces the whole group. */
export function willReplace({ UpdatePolicy }: Properties): boolean {
  return isYes(member(member(UpdatePolicy, 'AutoScalingReplacingUpdate'), 'WillReplace'));
}

/** Whether its sizes are the scaling's, as long as the template does not change them. */
export function leavesSizes({ UpdatePolicy }: Properties): boolean {
  const scheduled = member(UpdatePolicy, 'AutoScalingScheduledAction');
  return isYes(member(scheduled, 'IgnoreUnmodifiedGroupSizeProperties'));
}

/** Undefined where instances stay as they are until somebody replaces them. */
export function rollingUpdate({ UpdatePolicy }: Properties): RollingUpdate | undefined {
  const rolling = member(UpdatePolicy, 'AutoScalingRollingUpdate');
  if (rolling === undefined) return undefined;
  const waits = isYes(member(rolling, 'WaitOnResourceSignals'));
  const number = (name: string, otherwise: number) => wholeNumber(name, member(rolling, name), otherwise);
  const pause = member(rolling, 'PauseTime');
  return {
    maxBatchSize: Math.max(1, number('MaxBatchSize', 1)),
    minInService: number('MinInstancesInService', 0),
    minActivePercent: number('MinActiveInstancesPercent', 100),
    // Who asks for signals gets the time in which they were to come.
    pauseMs: pause === undefined ? (waits ? 5 * 60_000 : 0) : duration(String(pause)),
    // Without these two no instance could be replaced.
    suspend: (texts(member(rolling, 'SuspendProcesses')) ?? []).filter(
      (process) => process !== 'Launch' && process !== 'Terminate',
    ),
  };
}

/** `"2"` and 2 mean the same, and so do `"true"` and true. */
export function canonicalPolicy(value: Value): Value {
  if (isUnknown(value) || isSecret(value)) return value;
  if (isList(value)) return value.map(canonicalPolicy);
  if (isObject(value)) {
    const said = Object.entries(value).filter(([, item]) => item !== null);
    return Object.fromEntries(said.map(([key, item]) => [key, canonicalPolicy(item)]));
  }
  if (typeof value !== 'string') return value;
  if (/^\d+$/.test(value.trim())) return Number(value);
  return /^(true|false)$/i.test(value.trim()) ? value.trim().toLowerCase() === 'true' : value;
}

function member(value: Value | undefined, name: string): Value | undefined {
  return isObject(value) && !isUnknown(value) && !isSecret(value) ? value[name] : undefined;
}

function isYes(value: Value | undefined): boolean {
  return value !== undefined && canonicalPolicy(value) === true;
}

function wholeNumber(name: string, value: Value | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0) return number;
  throw wrong(`${name} of AutoScalingRollingUpdate is not a whole number`, 'Write a number from 0');
}

function duration(text: string): number {
  const ms = isoDurationMs(text);
  if (ms !== undefined) return ms;
  throw wrong('PauseTime of AutoScalingRollingUpdate is not a duration', 'Write it like PT15M');
}

function wrong(summary: string, remedy: string): SlipwayError {
  return new SlipwayError('template-property-value', { summary, remedy });
}
