import { expect, test } from 'vitest';
import { migrations } from '../../src/db/migrations.ts';

/**
 * What a process of the version before does to the tables until it has noticed, and handed over what it had in hand,
 * has to go well. To take something away takes two releases: the first does without it, the second removes it.
 */
const breaking: readonly [string, RegExp][] = [
  ['takes away or renames', /\b(drop|rename)\b/i],
  ['changes the type of a column', /\balter\s+column\s+\w+\s+(set\s+data\s+)?type\b/i],
  [
    'refuses rows that were good',
    /\bset\s+not\s+null\b|\badd\s+(constraint|check|unique|foreign|primary)\b/i,
  ],
  [
    'asks for a column that older versions do not write',
    /\badd\s+column\b(?![^,]*\bdefault\b)[^,]*\bnot\s+null\b/i,
  ],
  [
    'allows less in what was there',
    /\bcreate\s+unique\s+index\b|\bcreate\s+(or\s+replace\s+)?(trigger|rule)\b/i,
  ],
];

/** Of before there was any release: processes were stopped. */
const ofBefore = 12;

const problemsOf = (statement: string) =>
  breaking.filter(([, pattern]) => pattern.test(statement)).map(([problem]) => problem);

test.each(migrations.slice(ofBefore).map(({ name, sql }) => [name, sql] as const))(
  'the change "%s" leaves an older version its tables',
  (_, statements) => {
    // Of a table that is new, nobody knows yet.
    const made = statements.flatMap((s) => /\bcreate\s+table\s+(\w+)/i.exec(s)?.[1] ?? []);
    const onOld = statements.filter((s) => !made.some((table) => new RegExp(`\\b${table}\\b`).test(s)));
    expect(onOld.flatMap(problemsOf)).toEqual([]);
  },
);

test.each([
  'alter table run drop column facts',
  'alter table run rename column facts to more',
  'alter table run alter column plan type json using plan::json',
  'alter table run alter column facts set not null',
  'alter table run add column more text not null',
  'alter table run add constraint some check (id is not null)',
  'create unique index one on run (stack)',
])('%s would not', (statement) => {
  expect(problemsOf(statement)).toHaveLength(1);
});

test.each([
  'alter table run add column more text',
  "alter table run add column more text not null default ''",
  'create index more on run (stack)',
])('%s would', (statement) => {
  expect(problemsOf(statement)).toEqual([]);
});
