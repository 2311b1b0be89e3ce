import { hasUnknown, isSecret, type Properties, type Value } from '../../../base/value.ts';
import type { TypeSchema } from '../../../template/type-schema.ts';
import { coerce } from '../../coerce.ts';
import { integer, sortedSet, texts } from '../../plain-value.ts';
import { defineResourceType, type Live, type Notice } from '../../provider.ts';
import { directoryOf } from './directory.ts';
import { type Declared, type TrustedPeople, trustedPeople } from './trusted-people.ts';

const loginPattern = '^[A-Za-z0-9][A-Za-z0-9_-]*$';
const teamPattern = '^@[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9_.-]+$';
const optionPattern = '^[A-Za-z][A-Za-z0-9-]*(="[^"\\\\\\u0000-\\u001f\\u007f]*")?$';

export const operatorsSchema: TypeSchema = {
  type: 'Slipway::Access::Operators',
  description:
    "People who may log in to machines: by the SSH keys that they publish at GitHub (`AuthorizedKeys`), or by certificates of a `Vault::SSH::Role` that are for their logins (`AuthorizedPrincipals`). Machines get either by their user data; otherwise it is nowhere but in the plan and in Slipway's record. Who is in a team, and which keys they publish, is looked up by each plan, which shows every login and key; that they are others by now shows as drift. `RevokedKeys` are those that were trusted here and are no longer.",
  properties: {
    Users: {
      type: 'list',
      items: { type: 'string', pattern: loginPattern },
      description:
        'Logins of people at GitHub who have access to the repository. Whoever has lost it is left out.',
    },
    Teams: {
      type: 'list',
      items: { type: 'string', pattern: teamPattern },
      description:
        "Teams of the organisation that has the repository, such as `@acme/infra`, with those below them. A plan shows their members' logins.",
    },
    Options: {
      type: 'list',
      items: { type: 'string', pattern: optionPattern },
      description: 'What stands before each key, such as `no-port-forwarding` or `from="10.0.0.0/8"`.',
    },
    Certificates: {
      type: 'boolean',
      description:
        'Whether they log in by certificates, for which nobody has to publish a key. `false` where it is left out.',
    },
    MinimumRsaBits: {
      type: 'integer',
      minimum: 2048,
      maximum: 16384,
      description:
        'RSA keys that are shorter are left out, and DSA keys always. `3072` where it is left out.',
    },
  },
  either: [['Users'], ['Teams']],
  required: [],
  attributes: ['AuthorizedKeys', 'AuthorizedPrincipals', 'RevokedKeys'],
  createOnly: [],
  conditionalCreateOnly: [],
};

/**
 * People whom machines are to trust. What machines get are properties that no template can have (`AuthorizedKeys`,
 * `AuthorizedPrincipals`), so that they are planned, approved and recorded. `Published` and `People` say the same until
 * GitHub says something else, which they then are as live: who came, left or changed a key is drift, by name.
 */
export const operators = defineResourceType({
  type: operatorsSchema.type,
  attributes: operatorsSchema.attributes,
  adoption: { refused: "it is nowhere but in Slipway's own record" },
  order: () => 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(operatorsSchema, properties);
    return {
      ...given,
      Users: inSmallLetters(given.Users ?? []),
      Teams: inSmallLetters(given.Teams ?? []),
      Certificates: given.Certificates ?? false,
      MinimumRsaBits: given.MinimumRsaBits ?? 3072,
    };
  },

  lookedUp: ['AuthorizedKeys', 'AuthorizedPrincipals', 'People', 'Published', 'RevokedKeys'],

  async lookUp(context, properties, recorded) {
    const notices = impossible(properties);
    if (notices.length > 0) return { properties: {}, notices };
    const found = await trustedPeople(directoryOf(context), declared(properties));
    const now = liveOf(found);
    const options = (texts(properties.Options) ?? []).join(',');
    const isNobody = properties.Certificates === true ? now.People.length === 0 : now.Published.length === 0;
    return {
      properties: {
        ...now,
        AuthorizedKeys: now.Published.map((line) => (options === '' ? line : `${options} ${line}`)),
        AuthorizedPrincipals: now.People,
        RevokedKeys: revoked(recorded, now.Published),
      },
      notices: [...found.notices, ...(isNobody ? [nobody] : [])],
    };
  },

  async read(context, wanted) {
    const read = wanted.map(async ({ logicalId, physicalId, properties }) => {
      const now = liveOf(await trustedPeople(directoryOf(context), declared(properties)));
      return [logicalId, deliveredBy(physicalId, { ...properties, ...now })] as const;
    });
    return new Map(await Promise.all(read));
  },

  // There is nothing to be found, and nothing that could be there twice.
  find: async (_context, { intent, properties }) => deliveredBy(idOf(intent), properties),
  create: async (_context, { intent, properties }) => deliveredBy(idOf(intent), properties),
  update: async (_context, { physicalId, after }) => deliveredBy(physicalId, after),
  async delete() {},
});

function idOf(intent: string): string {
  return `operators-${intent}`;
}

function deliveredBy(physicalId: string, properties: Properties): Live {
  const attributes = operatorsSchema.attributes.map((name) => [name, properties[name] ?? []]);
  return { physicalId, properties, attributes: Object.fromEntries(attributes) };
}

function declared(properties: Properties): Declared {
  return {
    users: texts(properties.Users) ?? [],
    teams: texts(properties.Teams) ?? [],
    needKeys: properties.Certificates !== true,
    minimumRsaBits: integer(properties.MinimumRsaBits) ?? 3072,
  };
}

/**
 * As GitHub has it now. A line a key, with the login behind it, in the order of the logins. Lists and no map: of a map,
 * what others add by themselves is nobody's drift, and here it is the point.
 */
function liveOf({ people }: TrustedPeople): { readonly People: string[]; readonly Published: string[] } {
  return {
    People: [...people.keys()],
    Published: [...people].flatMap(([login, keys]) => keys.map(({ text }) => `${text} ${login}`)),
  };
}

/** Every key that was ever trusted here and is not any more, with the login that it was trusted for. */
function revoked(recorded: Properties = {}, published: readonly string[]): string[] {
  const trusted = new Set(published.map(keyOf));
  const before = [...(texts(recorded.RevokedKeys) ?? []), ...(texts(recorded.Published) ?? [])];
  return [...new Set(before)].filter((line) => !trusted.has(keyOf(line))).sort();
}

function keyOf(line: string): string {
  return line.split(' ', 2).join(' ');
}

const nobody: Notice = {
  severity: 'error',
  summary: 'nobody would be trusted',
  remedy: 'Name people who have access to the repository and publish a key at GitHub.',
};

function inSmallLetters(value: Value): Value {
  if (!Array.isArray(value)) return value;
  return sortedSet(value.map((item) => (typeof item === 'string' ? item.toLowerCase() : item))) ?? value;
}

/** What the template cannot be asked for before its parameters have values. */
function impossible({ Users, Teams, Options = [], Certificates, MinimumRsaBits }: Properties): Notice[] {
  const all = { Users, Teams, Options };
  return [
    ...Object.entries({ ...all, Certificates, MinimumRsaBits }).flatMap(([name, value = null]) =>
      hasUnknown(value) || JSON.stringify(value).includes('"$slipway"')
        ? [problem(`${name} has to be known when it is planned`, 'Write texts or parameters, no secrets.')]
        : [],
    ),
    ...misfits('Users', Users, loginPattern),
    ...misfits('Teams', Teams, teamPattern),
    ...misfits('Options', Options, optionPattern),
  ];
}

function misfits(name: string, value: Value | undefined, pattern: string): Notice[] {
  const expression = new RegExp(pattern, 'u');
  const items = Array.isArray(value) ? value : [value ?? ''];
  return items
    .filter((item) => !isSecret(item) && !(typeof item === 'string' && expression.test(item)))
    .map((item) =>
      problem(`${name} cannot be ${JSON.stringify(item).slice(0, 100)}`, `It must match ${pattern}`),
    );
}

function problem(summary: string, remedy: string): Notice {
  return { severity: 'error', summary, remedy };
}
