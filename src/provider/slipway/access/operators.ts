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
    "People who may log in to machines, by the SSH keys that they publish at GitHub. It is nowhere but in the plan and in Slipway's record: machines get `AuthorizedKeys` by their user data. Who is in a team, and which keys they publish, is looked up by each plan, which shows every key; that it is another by now shows as drift.",
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
  attributes: ['AuthorizedKeys'],
  createOnly: [],
  conditionalCreateOnly: [],
};

/**
 * People whom machines are to trust. What they publish is a property that no template can have (`AuthorizedKeys`), so
 * that it is planned, approved and recorded: what machines have. `Published` says the same until GitHub says something
 * else, which it then is as live: who came, left or changed a key is drift, by name.
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
      MinimumRsaBits: given.MinimumRsaBits ?? 3072,
    };
  },

  async lookUp(context, properties) {
    const notices = impossible(properties);
    if (notices.length > 0) return { properties: {}, notices };
    const found = await trustedPeople(directoryOf(context), declared(properties));
    const Published = publishedLines(found);
    const options = (texts(properties.Options) ?? []).join(',');
    const AuthorizedKeys = Published.map((line) => (options === '' ? line : `${options} ${line}`));
    return {
      properties: { AuthorizedKeys, Published },
      notices: [...found.notices, ...(Published.length === 0 ? [nobody] : [])],
    };
  },

  async read(context, wanted) {
    const read = wanted.map(async ({ logicalId, physicalId, properties }) => {
      const Published = publishedLines(await trustedPeople(directoryOf(context), declared(properties)));
      return [logicalId, liveOf(physicalId, { ...properties, Published })] as const;
    });
    return new Map(await Promise.all(read));
  },

  // There is nothing to be found, and nothing that could be there twice.
  find: async (_context, { intent, properties }) => liveOf(idOf(intent), properties),
  create: async (_context, { intent, properties }) => liveOf(idOf(intent), properties),
  update: async (_context, { physicalId, after }) => liveOf(physicalId, after),
  async delete() {},
});

function idOf(intent: string): string {
  return `operators-${intent}`;
}

function liveOf(physicalId: string, properties: Properties): Live {
  return { physicalId, properties, attributes: { AuthorizedKeys: properties.AuthorizedKeys ?? [] } };
}

function declared(properties: Properties): Declared {
  return {
    users: texts(properties.Users) ?? [],
    teams: texts(properties.Teams) ?? [],
    minimumRsaBits: integer(properties.MinimumRsaBits) ?? 3072,
  };
}

/**
 * A line a key, with the login behind it, in the order of the logins. A list and no map: of a map, what others add by
 * themselves is nobody's drift, and here it is the point.
 */
function publishedLines({ people }: TrustedPeople): string[] {
  return [...people].flatMap(([login, keys]) => keys.map(({ text }) => `${text} ${login}`));
}

const nobody: Notice = {
  severity: 'error',
  summary: 'nobody would be trusted',
  remedy: 'Name people who publish a key at GitHub.',
};

function inSmallLetters(value: Value): Value {
  if (!Array.isArray(value)) return value;
  return sortedSet(value.map((item) => (typeof item === 'string' ? item.toLowerCase() : item))) ?? value;
}

/** What the template cannot be asked for before its parameters have values. */
function impossible({ Users, Teams, Options = [], MinimumRsaBits }: Properties): Notice[] {
  const all = { Users, Teams, Options };
  return [
    ...Object.entries({ ...all, MinimumRsaBits }).flatMap(([name, value = null]) =>
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
