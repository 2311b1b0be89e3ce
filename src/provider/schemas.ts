/** The published schemas of the supported types: an extract that `npm run generate` makes, small enough to load. */
import type { TypeSchema, TypeSchemas } from '../template/type-schema.ts';
import extract from './schemas.generated.json' with { type: 'json' };

export const typeSchemas: TypeSchemas = extract as unknown as TypeSchemas;

/** @returns undefined for a type that is not Slipway's: an operator's own, or none */
export function typeSchema(type: string): TypeSchema | undefined {
  return Object.hasOwn(typeSchemas, type) ? typeSchemas[type] : undefined;
}
