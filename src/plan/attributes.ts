import { isSecret, type Properties, type Value } from '../base/value.ts';
import type { Live } from '../provider/provider.ts';

/** The live attributes as they may be kept: one that is a property's namesake is as secret as that property. */
export function attributesOf(live: Live, properties: Properties): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(live.attributes).map(([name, value]) => {
      const property = properties[name];
      return [name, isSecret(property) ? property : value];
    }),
  );
}
