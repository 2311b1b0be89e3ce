import type { TypeSchema, TypeSchemas } from '../../template/type-schema.ts';
import { kvSecretSchema } from './kv-secret.ts';

const all: readonly TypeSchema[] = [kvSecretSchema];

/** By type name. */
export const vaultSchemas: TypeSchemas = Object.fromEntries(all.map((schema) => [schema.type, schema]));
