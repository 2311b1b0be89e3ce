/**
 * `portInRange(from, to, port)`: whether a rule from port `from` to port `to` lets `port` through. Where both are
 * left out, or -1, EC2 means every port. Numbers may be texts, as parameters make them.
 */
export function portInRange(from: string | number | null, to: string | number | null, port: number): boolean {
  const first = portNumber(from);
  const last = portNumber(to);
  if (first === undefined && last === undefined) return true;
  return (first ?? last!) <= port && port <= (last ?? first!);
}

function portNumber(port: string | number | null): number | undefined {
  if (port === null) return undefined;
  const number = typeof port === 'string' && /^-?\d{1,5}$/.test(port.trim()) ? Number(port) : port;
  if (typeof number !== 'number') throw new Error(`'${String(port).slice(0, 20)}' is not a port`);
  return number === -1 ? undefined : number;
}
