import { execFile } from 'node:child_process';
import type { Diagnostic } from '../base/diagnostic.ts';

/**
 * What a command is run behind, so that it has no network and nothing that it started outlives it: namespaces of
 * Linux, where this process may make them. Empty elsewhere: then only the operator can keep a tool off the network.
 */
export type Isolation = readonly string[];

// Its own network without a device in it; its own processes, which all end with the first of them.
const namespaces: Isolation = ['unshare', '-r', '-n', '-p', '-f', '--kill-child=KILL', '--'];

let known: Promise<Isolation> | undefined;

/** Tried once a process. */
export function findIsolation(): Promise<Isolation> {
  known ??= new Promise((resolve) => {
    const [program, ...args] = namespaces;
    execFile(program!, [...args, 'true'], { timeout: 10_000 }, (error) => resolve(error ? [] : namespaces));
  });
  return known;
}

/** What an operator has to know where tools cannot be kept off the network. */
export async function networkNotice(): Promise<Diagnostic | undefined> {
  if ((await findIsolation()).length > 0) return undefined;
  return {
    severity: 'warning',
    code: 'scanner-network',
    summary: 'Scanners can reach the network here',
    detail: 'This platform does not let Slipway make namespaces with unshare, which would keep them off it.',
    remedy: 'Run Slipway where it may, or where nothing can be reached but what it needs.',
  };
}
