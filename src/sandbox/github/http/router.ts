import type { Access, Answer, Call, RawAnswer, RouteName, RouteTable } from './call.ts';

/** A route with its name taken apart. */
export interface CompiledRoute {
  readonly name: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly weight: number;
  readonly access: Access;
  handle(call: Call): Answer<RouteName> | RawAnswer | Promise<Answer<RouteName> | RawAnswer>;
}

/** Parts of a path in which slashes belong to the value: file paths, and names of branches. */
const spanning = new Set(['path', 'ref', 'branch', 'basehead']);

/** Compiles tables of routes; of two that match one path, that with more literal parts wins. */
export function compileRoutes(tables: readonly RouteTable[]): CompiledRoute[] {
  const routes = tables.flatMap((table) =>
    Object.entries(table).map(([name, route]): CompiledRoute => {
      const [method, template] = name.split(' ') as [string, string];
      const names: string[] = [];
      const parts = template.split('/').slice(1);
      const source = parts.map((part) => {
        const parameter = /^\{(.+)\}$/.exec(part)?.[1];
        if (!parameter) return `/${part.replaceAll('.', '\\.')}`;
        names.push(parameter);
        return spanning.has(parameter) ? (parameter === 'path' ? '(?:/(.*))?' : '/(.+)') : '/([^/]+)';
      });
      return {
        name,
        method,
        pattern: new RegExp(`^${source.join('')}/?$`, 'i'),
        names,
        weight: parts.filter((part) => !part.startsWith('{')).length,
        access: route.access,
        handle: route.handle as CompiledRoute['handle'],
      };
    }),
  );
  return routes.sort((one, other) => other.weight - one.weight);
}

/** The route for a request, with the values of its path. Null when there is none. */
export function matchRoute(
  routes: readonly CompiledRoute[],
  method: string,
  path: string,
): { readonly route: CompiledRoute; readonly path: Record<string, string> } | null {
  for (const route of routes) {
    if (route.method !== method) continue;
    const match = route.pattern.exec(path);
    if (!match) continue;
    const values = route.names.map((name, index) => [name, decode(match[index + 1] ?? '')]);
    return { route, path: Object.fromEntries(values) };
  }
  return null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
