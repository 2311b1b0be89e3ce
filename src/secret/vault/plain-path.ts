/**
 * Whether the path means in a URL what it says: `%2e%2e` and `..\\` climb there, past a glob that saw a name in them,
 * and a `?` begins something else altogether.
 */
export function isPlainPath(path: string): boolean {
  return path.split('/').every((name) => /^[\w.@:+=,~-]+$/.test(name) && !/^\.\.?$/.test(name));
}
