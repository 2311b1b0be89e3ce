import { invalid } from '../http/refusal.ts';

/** The longest body that an issue, comment or review may have, in characters. */
export const longestBody = 65_536;

/** Refuses with 422 a body that is too long for GitHub. */
export function requireBodyFits(resource: string, body: string | null): void {
  if (body === null || [...body].length <= longestBody) return;
  const message = `Body is too long (maximum is ${longestBody} characters)`;
  throw invalid({ resource, code: 'unprocessable', field: 'data', message });
}
