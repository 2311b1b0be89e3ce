import { findCfnLint } from '../cfn-lint.ts';
import { type Constraints, constraintsOf } from './constraints.ts';

/** The region does not matter: what these types take is the same everywhere, but for names of zones. */
const script = `
import json, sys
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas
print(json.dumps({t: schemas.get_resource_schema("eu-west-1", t).schema for t in sys.argv[1:]}))
`;

/** The constraints of these types; or why cfn-lint, which ships them, cannot be had. */
export async function readConstraints(
  types: readonly string[],
): Promise<Readonly<Record<string, Constraints>> | { readonly reason: string }> {
  const lint = await findCfnLint();
  if (lint.kind === 'missing') return { reason: lint.reason };
  const schemas = JSON.parse(await lint.run(script, [...types].sort())) as Record<string, object>;
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, constraintsOf(schema)]));
}
