import { sameValue } from '../../base/canonical-json.ts';
import { SlipwayError } from '../../base/error.ts';
import { isObject, type Properties, type Value } from '../../base/value.ts';
import type { TypeSchema } from '../../template/type-schema.ts';
import { coerce } from '../coerce.ts';
import { text } from '../plain-value.ts';
import type { Live, ProviderContext, Refusal } from '../provider.ts';
import { defineVaultType } from './define-vault-type.ts';
import { pathOf, refusedPath, vaultOf } from './scope.ts';

const room = 'sys/audit/';

export const auditSchema: TypeSchema = {
  type: 'Vault::Audit',
  description:
    'Where Vault writes down who asked it for what. At `sys/audit/NAME`. OpenBao lets one be made only where its configuration has `unsafe_allow_api_audit_creation`.',
  properties: {
    Name: {
      type: 'string',
      pattern: '^[\\w.@:+=,~-]+$',
      replaces: 'always',
      description: 'What Vault calls it.',
    },
    Type: {
      type: 'string',
      enum: ['file', 'socket', 'syslog'],
      replaces: 'always',
      description: 'Where it writes.',
    },
    Options: {
      type: 'map',
      items: { type: 'string' },
      replaces: 'always',
      description:
        'As Vault has them: `{ file_path: /var/log/vault/audit.log }`. What would write secrets in the clear, or a file that is no log, is refused.',
    },
    Description: { type: 'string', replaces: 'always', description: 'What people read of it.' },
    Local: { type: 'boolean', replaces: 'always', description: 'Whether it is not replicated.' },
  },
  required: ['Name', 'Type'],
  attributes: ['Name', 'Path'],
  createOnly: ['Description', 'Local', 'Name', 'Options', 'Type'],
  conditionalCreateOnly: [],
};

/** Where Vault writes down who asked it for what. One that is enabled cannot be changed. */
export const audit = defineVaultType({
  schema: auditSchema,
  ref: 'Name',
  adoption: { id: `${room}shop`, scope: 'account', tags: async () => ({}) },

  order: (before, after) =>
    sameValue(before.Name, after.Name) ? 'delete-before-create' : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(auditSchema, properties);
    return {
      ...given,
      Options: given.Options ?? {},
      Description: given.Description ?? '',
      Local: given.Local ?? false,
    };
  },

  refusals: (scope, p) => [...refusedPath(scope, room, p.Name), ...refusedOptions(p.Options)],
  refusedDelete: (scope, physicalId) => refusedPath(scope, physicalId),
  refuseTaken,

  async readOne(context, { physicalId }) {
    const all = await context.once('vault audit devices', () => devices(context));
    return liveOf(physicalId, all);
  },

  async find(context, { properties }) {
    const path = pathOf(room, properties.Name);
    return path === undefined ? undefined : liveOf(path, await devices(context));
  },

  async create(context, { properties: p }) {
    await refuseTaken(context, p);
    const path = `${room}${text(p.Name)}`;
    await vaultOf(context).vault.write(path, {
      type: p.Type,
      options: p.Options,
      description: p.Description,
      local: p.Local,
    });
    return madeAt(context, path);
  },

  /** For what is taken over, and what a crash left. */
  update: (context, { physicalId }) => madeAt(context, physicalId),

  async delete(context, { physicalId }) {
    await vaultOf(context).vault.remove(physicalId);
  },
});

type Devices = Readonly<Record<string, unknown>>;

/** One call tells of all. */
async function devices(context: ProviderContext): Promise<Devices> {
  return (await vaultOf(context).vault.read('sys/audit')) ?? {};
}

function liveOf(path: string, all: Devices): Live | undefined {
  const Name = path.slice(room.length);
  const device = all[`${Name}/`];
  if (!path.startsWith(room) || !isObject(device)) return undefined;
  const { type: Type = '', options, description, local } = device;
  return {
    physicalId: path,
    properties: {
      Name,
      Type,
      Options: isObject(options) ? options : {},
      Description: description ?? '',
      Local: local === true,
    },
    attributes: { Name, Path: path },
  };
}

async function madeAt(context: ProviderContext, path: string): Promise<Live> {
  const live = liveOf(path, await devices(context));
  if (live) return live;
  throw new SlipwayError('plan-stale', {
    summary: `There is nothing at ${path} in Vault any more`,
    remedy: 'Plan again.',
  });
}

async function refuseTaken(context: ProviderContext, properties: Properties): Promise<void> {
  const path = pathOf(room, properties.Name);
  if (path === undefined || !liveOf(path, await devices(context))) return;
  throw new SlipwayError('name-in-use', {
    summary: `There is one at ${path} in Vault already`,
    remedy: 'Import it, or give this one another name.',
  });
}

/**
 * What a log that a template writes must not be: one with the secrets in it, or a file that something runs or reads as
 * configuration because of how it begins.
 */
function refusedOptions(options: Value | undefined): Refusal[] {
  if (!isObject(options)) return [];
  const found: Refusal[] = [];
  const say = (summary: string, remedy: string) => found.push({ summary, remedy });
  if (options.log_raw !== undefined && options.log_raw !== 'false')
    say('log_raw would write every secret into the log', 'Take it out.');
  if (options.prefix !== undefined)
    say('a prefix would let the log be something else than a log', 'Take it out.');
  const mode = text(options.mode);
  if (mode !== undefined && !/^0?[0246]{3}$/.test(mode))
    say(`mode ${mode} would make a log that can be run`, 'Write for example 0600.');
  const path = text(options.file_path);
  if (path !== undefined && !/^(stdout|discard|\/([\w-][\w.-]*\/)+[\w-][\w.-]*\.log)$/.test(path))
    say(
      `${JSON.stringify(path)} is no path of a log`,
      'Write for example /var/log/vault/audit.log, or stdout.',
    );
  return found;
}
