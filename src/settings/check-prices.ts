import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { nearest } from '../base/suggest.ts';
import type { Prices } from '../plan/cost.ts';
import { typeSchema, typeSchemas } from '../provider/schemas.ts';
import type { Positions } from './positions.ts';

/**
 * Types and properties in the prices that there are not: what is mistyped would cost nothing, and open a gate. Of an
 * operator's own types nothing is known here.
 */
export function checkPrices({ resources }: Prices, positions: Positions): Diagnostic[] {
  return Object.entries(resources).flatMap(([type, price]) => {
    const at = ['prices', 'resources', type];
    const schema = typeSchema(type);
    if (!schema) return checkOwnType(type, positions.key(at));
    if (typeof price === 'number') return [];
    return (['by', 'per'] as const).flatMap((key) => {
      const name = price[key];
      if (name === undefined || Object.hasOwn(schema.properties, name)) return [];
      return [
        missing(
          `${type} has no property ${name}`,
          name,
          Object.keys(schema.properties),
          positions.value([...at, key]),
        ),
      ];
    });
  });
}

function checkOwnType(type: string, where: SourceRange): Diagnostic[] {
  const known = Object.keys(typeSchemas);
  const isOwn = !type.startsWith('AWS::') && nearest(type, known, 2) === undefined;
  return isOwn ? [] : [missing(`There is no type ${type}`, type, known, where)];
}

function missing(
  summary: string,
  name: string,
  candidates: readonly string[],
  where: SourceRange,
): Diagnostic {
  const suggestion = nearest(name, candidates);
  const remedy = suggestion === undefined ? {} : { remedy: `Did you mean ${suggestion}?` };
  return { severity: 'error', code: 'settings-invalid', summary, where, ...remedy };
}
