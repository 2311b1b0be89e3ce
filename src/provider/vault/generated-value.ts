/** Values that nobody thinks up: drawn evenly from the characters of a rule, by the system's source of randomness. */
import { randomInt } from 'node:crypto';
import { isObject, type Properties, type Value } from '../../base/value.ts';
import { integer, text, texts } from '../plain-value.ts';

export const characterClasses = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  // None that a shell, a URL or a quoted text reads as something else.
  symbols: '-_.~+=:,@%^',
} as const;

type CharacterClass = keyof typeof characterClasses;

const defaults = { Length: 32, Characters: ['digits', 'lower', 'upper'] } as const;

/** The rule with what it leaves out. Markers and what is no rule stay. */
export function canonicalRule(rule: Value): Value {
  if (!isObject(rule) || rule.$slipway !== undefined) return rule;
  const { Characters } = rule;
  return {
    ...rule,
    Length: rule.Length ?? defaults.Length,
    Characters: Array.isArray(Characters)
      ? [...new Set(Characters)].sort()
      : (Characters ?? defaults.Characters),
  };
}

/** Why no value can be made by the rule. */
export function impossibleRule(rule: Properties): string | undefined {
  const sets = setsOf(rule);
  if (sets.length === 0) return 'has no characters to choose from';
  if (sets.some((set) => set.length === 0)) return 'excludes every character of a class';
  return (integer(rule.Length) ?? defaults.Length) < sets.length
    ? 'is shorter than the classes that have to be in it'
    : undefined;
}

/** A text of the rule's length with at least one character of each class. */
export function generatedValue(rule: Properties): string {
  const sets = setsOf(rule);
  const all = sets.join('');
  const length = integer(rule.Length) ?? defaults.Length;
  // Drawn again until every class is there: to put one of each in place first would make some values likelier.
  for (;;) {
    const drawn = Array.from({ length }, () => all[randomInt(all.length)]!);
    if (sets.every((set) => drawn.some((character) => set.includes(character)))) return drawn.join('');
  }
}

function setsOf(rule: Properties): string[] {
  const excluded = text(rule.Exclude) ?? '';
  const classes = texts(rule.Characters) ?? defaults.Characters;
  return [...new Set(classes)].map((name) => {
    const of = name === 'symbols' ? text(rule.Symbols) : undefined;
    const characters = of ?? characterClasses[name as CharacterClass] ?? '';
    return [...new Set(characters)].filter((character) => !excluded.includes(character)).join('');
  });
}
