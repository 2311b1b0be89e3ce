/** The rules of a Vault policy as Slipway writes and reads them, and what they may give. */
import { isList, isObject, type Properties, type Value } from '../../base/value.ts';
import { objects, sortedSet, text, texts } from '../plain-value.ts';
import type { Refusal } from '../provider.ts';
import { covers, type VaultScope } from './scope.ts';

export const readingCapabilities = ['list', 'read', 'scan'] as const;
export const writingCapabilities = ['create', 'delete', 'patch', 'update'] as const;
/** `sudo` is not among them: it is for what keeps Vault itself. */
export const capabilities = [...readingCapabilities, ...writingCapabilities, 'deny'].sort();

const names = {
  Capabilities: 'capabilities',
  RequiredParameters: 'required_parameters',
  MinWrappingTtl: 'min_wrapping_ttl',
  MaxWrappingTtl: 'max_wrapping_ttl',
} as const;

/** Sorted by path, each with its capabilities in one order. Markers stay. */
export function canonicalRules(rules: Value | undefined): Value {
  if (!isList(rules)) return rules ?? [];
  const pathOf = (rule: Value) => (isObject(rule) ? String(rule.Path) : '');
  return rules
    .map((rule) => {
      if (!isObject(rule) || rule.$slipway !== undefined) return rule;
      const { RequiredParameters, Capabilities } = rule;
      return {
        ...rule,
        ...(Capabilities === undefined ? {} : { Capabilities: sortedSet(Capabilities)! }),
        ...(RequiredParameters === undefined ? {} : { RequiredParameters: sortedSet(RequiredParameters)! }),
      };
    })
    .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
}

/** As text of a policy, one line a fact. */
export function policyText(rules: Value | undefined): string {
  return objects(rules)
    .map((rule) => {
      const facts = Object.entries(names).flatMap(([name, key]) =>
        rule[name] === undefined ? [] : [`  ${key} = ${JSON.stringify(rule[name])}\n`],
      );
      return `path ${JSON.stringify(rule.Path)} {\n${facts.join('')}}\n`;
    })
    .join('\n');
}

/** The rules of a text that says each fact on a line of its own; undefined for any other, which somebody else wrote. */
export function rulesIn(policy: string): Value | undefined {
  const rules: Record<string, Value>[] = [];
  let open: Record<string, Value> | undefined;
  for (const line of policy.split('\n').map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const begin = /^path (".*") \{$/.exec(line);
    const fact = /^(\w+) *= *(.+)$/.exec(line);
    const name = Object.entries(names).find(([, key]) => key === fact?.[1])?.[0];
    const value = parsed(begin?.[1] ?? fact?.[2]);
    if (begin && !open && typeof value === 'string') open = { Path: value };
    else if (open && name && value !== undefined) open[name] = value;
    else if (open && line === '}') {
      rules.push(open);
      open = undefined;
    } else return undefined;
  }
  return open ? undefined : canonicalRules(rules);
}

function parsed(json: string | undefined): Value | undefined {
  try {
    return json === undefined ? undefined : (JSON.parse(json) as Value);
  } catch {
    return undefined;
  }
}

/**
 * Rules that give more than whoever writes the template has: reading is what the settings let the environment read or
 * write, writing what they let it write. Nothing that says who may do what in Vault can be given, whatever the settings
 * say: who could change that would not need the policy.
 */
export function refusedRules(scope: Pick<VaultScope, 'reads' | 'writes'>, { Rules }: Properties): Refusal[] {
  const seen = new Set<string>();
  return objects(Rules).flatMap((rule) => {
    const path = text(rule.Path);
    if (path === undefined || typeof rule.Path !== 'string') return [];
    const isTwice = seen.has(path);
    seen.add(path);
    if (isTwice) return [{ summary: `two rules are for ${path}`, remedy: 'Make one of them.' }];
    return (texts(rule.Capabilities) ?? []).flatMap((capability) => refused(scope, path, capability));
  });
}

function refused(
  { reads, writes }: Pick<VaultScope, 'reads' | 'writes'>,
  path: string,
  capability: string,
): Refusal[] {
  if (capability === 'deny') return [];
  const isReading = isOneOf(readingCapabilities, capability);
  if (!isReading && !isOneOf(writingCapabilities, capability)) {
    return [
      {
        summary: `no template can give ${capability} on ${path}`,
        remedy: `Use ${capabilities.join(', ')}; what needs more is the operators' to set up.`,
      },
    ];
  }
  if (!isReading && ['auth', 'identity', 'sys'].some((root) => reaches(path, root)) && !isSecretId(path)) {
    return [
      {
        summary: `no template can give ${capability} on ${path}: it decides who may do what in Vault`,
        remedy: "Name paths below secrets' own mounts; what needs more is the operators' to set up.",
      },
    ];
  }
  if (covers(isReading ? [...reads, ...writes] : writes, path)) return [];
  const key = isReading ? 'secrets' : 'vault-writes';
  return [
    {
      summary: `the settings do not let this environment give ${capability} on ${path}, which it has not itself`,
      remedy: `Name a narrower path, or have an operator add it to the environment's ${key} in .github/slipway.yml.`,
    },
  ];
}

/** To make secret ids of one role that is named: what starts an application needs it, and gets no more than that role. */
function isSecretId(path: string): boolean {
  return /^auth\/[^/*+]+\/role\/[^/*+]+\/secret-id$/.test(path);
}

/** Whether there is a path at or below this root that the policy's path means. */
function reaches(path: string, root: string): boolean {
  const [first = '', ...rest] = path.split('/');
  if (first === '+' || first === root) return true;
  return rest.length === 0 && first.endsWith('*') && root.startsWith(first.slice(0, -1));
}

function isOneOf(all: readonly string[], one: string): boolean {
  return all.includes(one);
}
