import type { Value } from '../../base/value.ts';

const unitSeconds = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** What templates may write: `90`, which are seconds, or `1h30m`, in days, hours, minutes and seconds. */
export const durationPattern = '^(\\d{1,9}|(\\d{1,9}[dhms])+)$';

/** Seconds; undefined for what is no duration. */
export function durationSeconds(text: string): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^(\d{1,9}[dhms])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit as keyof typeof unitSeconds],
    0,
  );
}

/** One way to write it: `1h30m` for 5400 seconds, `90m` and `1h30m`. Markers and what is no duration stay. */
export function canonicalDuration(value: Value): Value {
  const seconds =
    typeof value === 'number' ? value : typeof value === 'string' ? durationSeconds(value) : undefined;
  return seconds === undefined ? value : durationText(seconds);
}

function durationText(seconds: number): string {
  let left = seconds;
  const parts = Object.entries(unitSeconds).map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('') || '0s';
}
