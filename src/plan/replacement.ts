import type { TypeSchema } from '../template/type-schema.ts';

export type Replacement = 'always' | 'maybe' | 'never';

/**
 * Whether a difference at `path` (`CpuOptions.CoreCount`) replaces the resource, as the published schema has it:
 * `createOnlyProperties` and `conditionalCreateOnlyProperties`, which name the property itself or a parent of it.
 */
export function replacementOf(schema: TypeSchema | undefined, path: string): Replacement {
  const names = (candidates: readonly string[]) =>
    candidates.some(
      (c) => path === c || path.startsWith(`${c}.`) || path.startsWith(`${c}[`) || c.startsWith(`${path}.`),
    );
  if (!schema) return 'never';
  const own = schema.properties[path.split(/[.[]/, 1)[0]!]?.replaces;
  if (own === 'always' || names(schema.createOnly)) return 'always';
  return own === 'maybe' || names(schema.conditionalCreateOnly) ? 'maybe' : 'never';
}
