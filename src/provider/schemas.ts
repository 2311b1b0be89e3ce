/**
 * What templates may say of each type: of AWS's the published schemas, as an extract that `npm run generate` makes, small
 * enough to load; those of other types stand with the types.
 */
import type { TypeSchema, TypeSchemas } from '../template/type-schema.ts';
import extract from './schemas.generated.json' with { type: 'json' };
import { operatorsSchema } from './slipway/access/operators.ts';
import { vaultSchemas } from './vault/schemas.ts';

export const typeSchemas: TypeSchemas = {
  ...(extract as unknown as TypeSchemas),
  ...vaultSchemas,
  [operatorsSchema.type]: operatorsSchema,
};

/** @returns undefined for a type that is not Slipway's: an operator's own, or none */
export function typeSchema(type: string): TypeSchema | undefined {
  return Object.hasOwn(typeSchemas, type) ? typeSchemas[type] : undefined;
}
