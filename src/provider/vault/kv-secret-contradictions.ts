import { isoDurationMs } from '../../base/iso-duration.ts';
import { isUnknown, type Properties } from '../../base/value.ts';
import { text } from '../plain-value.ts';
import type { Refusal } from '../provider.ts';
import { impossibleRule } from './generated-value.ts';
import { isPlainMap, prefix, rulesOf } from './kv-secret-marks.ts';

const mostRules = 40;

/** What a secret cannot be, whatever the settings say. */
export function contradictions(p: Properties): Refusal[] {
  const found: Refusal[] = [];
  const say = (summary: string, remedy: string) => found.push({ summary, remedy });
  const rules = rulesOf(p);
  const given = isPlainMap(p.Values) ? p.Values : {};
  for (const [key, rule] of Object.entries(rules)) {
    if (key in given) say(`${key} is both given and generated`, 'Take it out of Values or of Generate.');
    const why = isPlainMap(rule) ? impossibleRule(rule) : undefined;
    if (why) say(`the rule of ${key} ${why}`, 'Make it longer, or let it have more characters.');
  }
  // Vault keeps 64 marks beside a secret.
  if (Object.keys(rules).length > mostRules)
    say(`it generates more than ${mostRules} values`, 'Make it two.');
  const isEmptied = p.Generate !== undefined && !isUnknown(p.Generate) && Object.keys(rules).length === 0;
  if (isEmptied && p.Values === undefined)
    say('it has no values', 'Give it Values, or have it Generate some.');
  if (isEmptied && (p.Rotation !== undefined || p.RotateEvery !== undefined))
    say('nothing in it is generated that could be rotated', 'Take Rotation and RotateEvery out.');
  const every = text(p.RotateEvery);
  if (every !== undefined && !(isoDurationMs(every)! > 0))
    say(`RotateEvery is no duration: ${every}`, 'Write for example P30D.');
  const notes = isPlainMap(p.CustomMetadata) ? Object.keys(p.CustomMetadata) : [];
  if (notes.some((key) => key.startsWith(prefix)))
    say(`names of CustomMetadata that begin with ${prefix} are Slipway's own`, 'Give it another name.');
  return found;
}
