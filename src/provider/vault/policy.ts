import { sameValue } from '../../base/canonical-json.ts';
import { SlipwayError } from '../../base/error.ts';
import type { Properties } from '../../base/value.ts';
import type { TypeSchema } from '../../template/type-schema.ts';
import { coerce } from '../coerce.ts';
import { text } from '../plain-value.ts';
import type { Live, ProviderContext } from '../provider.ts';
import { defineVaultType } from './define-vault-type.ts';
import { durationPattern } from './duration.ts';
import { canonicalRules, capabilities, policyText, refusedRules, rulesIn } from './policy-rules.ts';
import { pathOf, refusedPath, vaultOf } from './scope.ts';

const room = 'sys/policies/acl/';

export const policySchema: TypeSchema = {
  type: 'Vault::Policy',
  description:
    'What tokens may do. At `sys/policies/acl/NAME`. No rule gives more than the environment has itself by `secrets` and `vault-writes`, none gives `sudo`, and none gives to write what is below `auth/`, `identity/` and `sys/`, but for the secret ids of one role that is named. Identity templates (`{{identity.entity.id}}`) cannot be told beforehand, and are refused.',
  properties: {
    Name: {
      type: 'string',
      pattern: '^[\\w.@:+=,~-]+$',
      replaces: 'always',
      description: 'What tokens and roles call it, in small letters.',
    },
    Rules: {
      type: 'list',
      items: { type: { ref: 'Rule' } },
      minLength: 1,
      description:
        'What it gives. Nothing that the settings do not let this environment read or write itself.',
    },
  },
  required: ['Name', 'Rules'],
  attributes: ['Name', 'Path'],
  createOnly: ['Name'],
  conditionalCreateOnly: [],
  definitions: {
    Rule: {
      properties: {
        Path: {
          type: 'string',
          pattern: '^[\\w.@:+=,~-][\\w.@:+=,~/-]*\\*?$',
          description: 'As in Vault: `+` is any one name, `*` at the end is anything.',
        },
        Capabilities: { type: 'list', items: { type: 'string', enum: capabilities }, minLength: 1 },
        RequiredParameters: {
          type: 'list',
          items: { type: 'string' },
          description: 'Parameters that a request has to have.',
        },
        MinWrappingTtl: {
          type: 'string',
          pattern: durationPattern,
          description: 'Answers have to be wrapped, for so long at least.',
        },
        MaxWrappingTtl: { type: 'string', pattern: durationPattern, description: 'And for so long at most.' },
      },
      required: ['Path', 'Capabilities'],
    },
  },
};

/** Written as rules and not as text, so that what it gives can be told before it is given. A comment says whose it is. */
export const policy = defineVaultType({
  schema: policySchema,
  ref: 'Name',
  adoption: {
    id: `${room}shop`,
    scope: 'account',
    tags: async (context, physicalId) => marksIn((await textAt(context, physicalId)) ?? ''),
  },

  order: (before, after) =>
    sameValue(before.Name, after.Name) ? 'delete-before-create' : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(policySchema, properties);
    return {
      ...given,
      ...(typeof given.Name === 'string' ? { Name: given.Name.toLowerCase() } : {}),
      Rules: canonicalRules(given.Rules),
    };
  },

  refusals: (scope, p) => [...refusedPath(scope, room, p.Name), ...refusedRules(scope, p)],
  refusedDelete: (scope, physicalId) => refusedPath(scope, physicalId),

  async readOne(context, { physicalId }) {
    const found = await textAt(context, physicalId);
    return found === undefined ? undefined : liveOf(physicalId, found);
  },

  async find(context, { properties, intent }) {
    const path = pathOf(room, properties.Name);
    const found = path && (await textAt(context, path));
    return path && found && marksIn(found)['slipway:intent'] === intent ? liveOf(path, found) : undefined;
  },

  async create(context, { properties, ownership, intent }) {
    const path = `${room}${text(properties.Name)}`;
    const isOurs = (found: string | undefined) =>
      found !== undefined && marksIn(found)['slipway:intent'] === intent;
    const taken = await textAt(context, path);
    if (taken !== undefined && !isOurs(taken)) throw inUse(path);
    await write(context, path, properties, ownership);
    const found = await textAt(context, path);
    // Of two who made it at once, the second to write has it.
    if (!isOurs(found)) throw inUse(path);
    return liveOf(path, found!);
  },

  async update(context, { physicalId, before, after, ownership }) {
    // What is taken over stays as it is, in whatever words.
    const found = await textAt(context, physicalId);
    if (sameValue(before, after) && found !== undefined) {
      const { vault } = vaultOf(context);
      await vault.write(physicalId, { policy: `${markLine(ownership)}\n${withoutMarks(found)}` });
    } else await write(context, physicalId, after, ownership);
    return liveOf(physicalId, (await textAt(context, physicalId)) ?? '');
  },

  /** One that bears the mark of another stack by now is not the one that this stack made. */
  async delete(context, { physicalId }) {
    const owner = marksIn((await textAt(context, physicalId)) ?? '')['slipway:stack'];
    if (owner !== undefined && owner !== context.stack) return;
    await vaultOf(context).vault.remove(physicalId);
  },
});

async function textAt(context: ProviderContext, path: string): Promise<string | undefined> {
  const data = await vaultOf(context).vault.read(path);
  return data === undefined ? undefined : String(data.policy ?? '');
}

type Marks = Readonly<Record<string, string>>;

async function write(context: ProviderContext, path: string, p: Properties, marks: Marks): Promise<void> {
  await vaultOf(context).vault.write(path, { policy: `${markLine(marks)}\n${policyText(p.Rules)}` });
}

const marking = /^# Made by Slipway: (\{.*\})$/m;

function markLine(marks: Marks): string {
  return `# Made by Slipway: ${JSON.stringify(marks)}`;
}

function marksIn(policy: string): Marks {
  try {
    return JSON.parse(marking.exec(policy)?.[1] ?? '{}') as Marks;
  } catch {
    // Somebody changed it.
    return {};
  }
}

function withoutMarks(policy: string): string {
  return policy.replace(marking, '').replace(/^\n/, '');
}

function liveOf(path: string, policy: string): Live {
  const Name = path.slice(room.length);
  return {
    physicalId: path,
    properties: { Name, Rules: rulesIn(policy) ?? 'written by somebody else' },
    attributes: { Name, Path: path },
  };
}

function inUse(path: string): SlipwayError {
  return new SlipwayError('name-in-use', {
    summary: `There is a policy at ${path} in Vault already`,
    remedy: 'Import it, or give this one another name.',
  });
}
