import { type Call, created, noContent, ok, onRepository, type RouteTable } from '../http/call.ts';
import { fieldsOf } from '../http/fields.ts';
import { invalid, notFound, refusal } from '../http/refusal.ts';
import type { EnvironmentValue, EnvironmentValues } from '../model/environment-values.ts';
import { timestamp } from '../model/world.ts';

const mayRead = onRepository('environments', 'read', 'admin');
const mayWrite = onRepository('environments', 'write', 'admin');

/** https://docs.github.com/en/actions/reference/limits: of a variable, and of a secret once it is sealed and encoded. */
const longest = { variable: 48 * 1024, secret: 64 * 1024 } as const;

/** Variables and secrets of deployment environments. */
export const environmentValueRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/environments/{environment_name}/variables': {
    access: mayRead,
    handle(call) {
      const all = [...valuesIn(call).variables];
      return ok({
        total_count: all.length,
        variables: call.page(all, 10).map(([name, variable]) => renderVariable(name, variable)),
      });
    },
  },
  'POST /repos/{owner}/{repo}/environments/{environment_name}/variables': {
    access: mayWrite,
    handle(call) {
      const { variables } = valuesIn(call);
      const body = fieldsOf(call, 'Variable');
      const name = nameFrom(body.text('name'));
      if (variables.has(name)) throw refusal(409, 'Already exists - Variable already exists');
      variables.set(name, valueNow(call, body.text('value'), 'variable'));
      return created({});
    },
  },
  'GET /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}': {
    access: mayRead,
    handle(call) {
      const name = nameFrom(call.path.name!);
      return ok(renderVariable(name, present(valuesIn(call).variables, name)));
    },
  },
  'PATCH /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}': {
    access: mayWrite,
    handle(call) {
      const { variables } = valuesIn(call);
      const name = nameFrom(call.path.name!);
      const { createdAt } = present(variables, name);
      const value = fieldsOf(call, 'Variable').text('value');
      variables.set(name, { ...valueNow(call, value, 'variable'), createdAt });
      return noContent;
    },
  },
  'DELETE /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}': {
    access: mayWrite,
    handle(call) {
      if (!valuesIn(call).variables.delete(nameFrom(call.path.name!))) throw notFound();
      return noContent;
    },
  },
  'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets': {
    access: mayRead,
    handle(call) {
      const all = [...valuesIn(call).secrets];
      return ok({
        total_count: all.length,
        secrets: call.page(all).map(([name, secret]) => renderSecret(name, secret)),
      });
    },
  },
  'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key': {
    access: mayRead,
    handle(call) {
      const { id, publicKey } = valuesIn(call).key;
      return ok({ key_id: id, key: publicKey.toString('base64') });
    },
  },
  'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}': {
    access: mayRead,
    handle(call) {
      const name = nameFrom(call.path.secret_name!);
      return ok(renderSecret(name, present(valuesIn(call).secrets, name)));
    },
  },
  'PUT /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}': {
    access: mayWrite,
    handle(call) {
      const { key, secrets } = valuesIn(call);
      const name = nameFrom(call.path.secret_name!);
      const body = fieldsOf(call, 'Secret');
      const sealed = body.text('encrypted_value');
      if (body.text('key_id') !== key.id || !/^[A-Za-z0-9+/]+={0,2}$/.test(sealed))
        throw refusal(422, 'Bad request - encrypted value is not valid for the key');
      const known = secrets.get(name);
      const value = valueNow(call, sealed, 'secret');
      secrets.set(name, known ? { ...value, createdAt: known.createdAt } : value);
      return known ? noContent : created({});
    },
  },
  'DELETE /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}': {
    access: mayWrite,
    handle(call) {
      if (!valuesIn(call).secrets.delete(nameFrom(call.path.secret_name!))) throw notFound();
      return noContent;
    },
  },
};

function valuesIn({ repository, path }: Call): EnvironmentValues {
  const environment = repository.environments.get(path.environment_name!);
  if (!environment) throw notFound();
  return environment.values;
}

/** GitHub takes any case, and gives capital letters. */
function nameFrom(given: string): string {
  const name = given.toUpperCase();
  if (/^[A-Z_][A-Z0-9_]*$/.test(name) && !name.startsWith('GITHUB_')) return name;
  throw invalid({ resource: 'Environment', field: 'name', code: 'invalid', message: `${given} is no name` });
}

function present(values: EnvironmentValues['variables'], name: string): EnvironmentValue {
  const found = values.get(name);
  if (!found) throw notFound();
  return found;
}

function valueNow(call: Call, value: string, kind: keyof typeof longest): EnvironmentValue {
  if (value === '' || value.length > longest[kind])
    throw refusal(422, `Validation failed: the ${kind} is empty, or too long`);
  const now = timestamp(call.world);
  return { value, createdAt: now, updatedAt: now };
}

function renderVariable(name: string, { value, createdAt, updatedAt }: EnvironmentValue) {
  return { name, value, created_at: createdAt, updated_at: updatedAt };
}

function renderSecret(name: string, { createdAt, updatedAt }: EnvironmentValue) {
  return { name, created_at: createdAt, updated_at: updatedAt };
}
