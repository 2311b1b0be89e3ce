/** ISO 8601 durations, as CloudFormation has them: `PT15M`, `PT1H30M`. */

const second = 1000;
const units = {
  years: 365 * 86_400 * second,
  months: 30 * 86_400 * second,
  weeks: 7 * 86_400 * second,
  days: 86_400 * second,
  hours: 3600 * second,
  minutes: 60 * second,
  seconds: second,
} as const;

const form =
  /^P(?=.)(?:(?<years>\d{1,6})Y)?(?:(?<months>\d{1,6})M)?(?:(?<weeks>\d{1,6})W)?(?:(?<days>\d{1,6})D)?(?:T(?=.)(?:(?<hours>\d{1,6})H)?(?:(?<minutes>\d{1,6})M)?(?:(?<seconds>\d{1,6}(?:\.\d{1,6})?)S)?)?$/;

/** Milliseconds; undefined where the text is no duration. A year has 365 days and a month 30. */
export function isoDurationMs(text: string): number | undefined {
  const found = form.exec(text.trim())?.groups;
  if (!found) return undefined;
  return Object.entries(units).reduce((sum, [unit, ms]) => sum + Number(found[unit] ?? 0) * ms, 0);
}
