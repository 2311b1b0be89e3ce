import { isList, isObject, isSecret, isUnknown, type Properties, type Value } from '../../../base/value.ts';
import { sortedSet } from '../../plain-value.ts';

/** The two conditions that may say their values in a form older than their configuration. */
const configs: Readonly<Record<string, string>> = {
  'host-header': 'HostHeaderConfig',
  'path-pattern': 'PathPatternConfig',
};

/** When a rule applies: a set of conditions, each with a set of values. The API answers both forms of the older two. */
export function canonicalConditions(conditions: Value | undefined): Value | undefined {
  if (!isList(conditions)) return conditions;
  return sortedSet(conditions.map((one) => (isPlain(one) ? canonicalCondition(one) : one)));
}

function canonicalCondition({ Values, RegexValues, ...rest }: Properties): Properties {
  const config = configs[String(rest.Field)];
  const older = {
    ...(Values === undefined ? {} : { Values }),
    ...(RegexValues === undefined ? {} : { RegexValues }),
  };
  const whole: Properties =
    config === undefined || rest[config] !== undefined || Object.keys(older).length === 0
      ? rest
      : { ...rest, [config]: older };
  return Object.fromEntries(
    Object.entries(whole).map(([key, value]) => [key, isPlain(value) ? withSortedValues(value) : value]),
  );
}

function withSortedValues(config: Properties): Properties {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, isList(value) ? sortedSet(value)! : value]),
  );
}

function isPlain(value: Value | undefined): value is Properties {
  return isObject(value) && !isUnknown(value) && !isSecret(value);
}
