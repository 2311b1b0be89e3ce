import type { Subject } from './scanner.ts';

/** `{"input": {"template": ..., "plan": ...}}`; what was not there is null. */
export function regoInput({ template, plan }: Subject): string {
  return `{"template":${JSON.stringify(template?.json ?? null)},"plan":${JSON.stringify(plan ?? null)}}`;
}
