import { describe, expect, test } from 'vitest';
import { daysBetween, hour, inZone, isBefore, weekday } from '../../src/policy/functions/dates.ts';

test.each([
  ['2026-03-01', '2026-03-02', true],
  ['2026-03-01', '2026-03-01', false],
  ['2026-03-01T13:30:00Z', '2026-03-01T14:00:00+00:00', true],
  ['2026-03-01T14:00:00+02:00', '2026-03-01T12:30Z', true],
  ['2026-03-01T14:00:00.5Z', '2026-03-01T14:00:00.500Z', false],
])('%s is before %s: %s', (a, b, expected) => {
  expect(isBefore(a, b)).toBe(expected);
});

test.each([
  ['2026-03-01', '2026-03-31', 30],
  ['2026-03-01T23:00Z', '2026-03-02T01:00Z', 0],
  ['2026-03-02', '2026-03-01', -1],
  ['2024-02-28', '2024-03-01', 2],
])('from %s to %s are %d days', (from, to, expected) => {
  expect(daysBetween(from, to)).toBe(expected);
});

test('weekday and hour are those of the clock that the date was written with', () => {
  expect([weekday('2026-07-15'), weekday('2026-07-19'), weekday('2026-07-20')]).toEqual([3, 7, 1]);
  expect([hour('2026-07-15T23:30:00Z'), hour('2026-07-15T23:30:00-05:00')]).toEqual([23, 23]);
  expect(weekday('2026-07-16T01:30:00+02:00')).toBe(4);
});

test.each([
  ['2026-07-15T12:00:00Z', 'Europe/Paris', '2026-07-15T14:00:00+02:00'],
  ['2026-01-15T23:30:00Z', 'Europe/Paris', '2026-01-16T00:30:00+01:00'],
  ['2026-01-15T03:00:00Z', 'America/New_York', '2026-01-14T22:00:00-05:00'],
  ['2026-01-15T00:00:00Z', 'Asia/Kolkata', '2026-01-15T05:30:00+05:30'],
])('%s in %s is %s', (date, zone, expected) => {
  expect(inZone(date, zone)).toBe(expected);
  expect(isBefore(date, expected) || isBefore(expected, date)).toBe(false);
});

describe('what is no date is an error, not a date far away', () => {
  test.each(['', 'tomorrow', '2026-02-30', '2026-13-01', '2026-3-1', '2026-03-01T25:00Z', '1772323200'])(
    '%j',
    (text) => {
      expect(() => isBefore(text, '2026-03-01')).toThrow('is not a date');
    },
  );

  test('and so is a zone that there is not', () => {
    expect(() => inZone('2026-03-01', 'Europe/Pairs')).toThrow("'Europe/Pairs' is not a time zone");
  });
});
