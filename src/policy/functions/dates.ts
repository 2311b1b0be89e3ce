/** A moment, and how far the clock that it was read from is ahead of UTC, in milliseconds. */
interface Moment {
  readonly time: number;
  readonly offset: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * Reads `2026-03-01`, `2026-03-01T14:00Z`, `2026-03-01T14:00:00+01:00` (RFC 3339). Without a time it is the day's
 * first moment; without an offset UTC. Throws for anything else, and for days that there are not.
 */
function parseDate(text: string): Moment {
  return remembered(moments, text, () => readDate(text));
}

function readDate(text: string): Moment {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/i.exec(
    text.trim(),
  );
  const [, date, clock = '00:00', seconds = ':00', zone = 'Z'] = match ?? [];
  const local = Date.parse(`${date}T${clock}${seconds}Z`);
  // `2026-02-30` would be read as the second of March.
  if (!match || Number.isNaN(local) || new Date(local).toISOString().slice(0, 10) !== date) {
    throw new Error(`'${text.slice(0, 60)}' is not a date such as 2026-03-01 or 2026-03-01T14:00:00Z`);
  }
  const offset = offsetOf(zone);
  return { time: local - offset, offset };
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minute;
}

/** `date.isBefore(a, b)`: whether `a` is earlier than `b`. */
export function isBefore(a: string, b: string): boolean {
  return parseDate(a).time < parseDate(b).time;
}

/** `date.days(from, to)`: whole days from one to the other; less than 0 where `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.floor((parseDate(to).time - parseDate(from).time) / day);
}

/** `date.weekday(date)`: 1 for Monday to 7 for Sunday, where the date was written. */
export function weekday(date: string): number {
  return local(date).getUTCDay() || 7;
}

/** `date.hour(date)`: 0 to 23, where the date was written. */
export function hour(date: string): number {
  return local(date).getUTCHours();
}

function local(date: string): Date {
  const { time, offset } = parseDate(date);
  return new Date(time + offset);
}

/** `date.inZone(date, zone)`: the same moment as clocks show it there: `Europe/Paris`. */
export function inZone(date: string, zone: string): string {
  return remembered(shown, `${date} ${zone}`, () => showIn(parseDate(date), zone));
}

function showIn({ time }: Moment, zone: string): string {
  const parts = Object.fromEntries(
    formatterFor(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute: minutes, second } = parts;
  const wall = `${year}-${month}-${day}T${hour}:${minutes}:${second}`;
  const ahead = Math.round((Date.parse(`${wall}Z`) - time) / minute);
  const two = (n: number) => String(n).padStart(2, '0');
  const offset = `${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
  return `${wall}${ahead < 0 ? '-' : '+'}${offset}`;
}

// A scan asks the same of every resource: about its own time, and the dates that a policy names.
const moments = new Map<string, Moment>();
const shown = new Map<string, string>();
const formatters = new Map<string, Intl.DateTimeFormat>();
const mostRemembered = 100;

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  if (known.size >= mostRemembered) known.clear();
  known.set(key, made);
  return made;
}

function formatterFor(zone: string): Intl.DateTimeFormat {
  return remembered(formatters, zone, () => makeFormatter(zone));
}

function makeFormatter(zone: string): Intl.DateTimeFormat {
  try {
    const two = '2-digit';
    const parts = { month: two, day: two, hour: two, minute: two, second: two } as const;
    return new Intl.DateTimeFormat('en', { year: 'numeric', ...parts, hourCycle: 'h23', timeZone: zone });
  } catch {
    throw new Error(`'${zone.slice(0, 60)}' is not a time zone such as Europe/Paris`);
  }
}
