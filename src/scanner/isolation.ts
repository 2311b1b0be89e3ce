import { execFile } from 'node:child_process';
import type { Diagnostic } from '../base/diagnostic.ts';

/**
 * What a command is run behind, so that it has no network and nothing that it started outlives it: namespaces of
 * Linux, where this process may make them. Empty elsewhere: then only the operator can keep a tool off the network.
 */
export type Isolation = readonly string[];

// Its own network without a device in it; its own processes, which all end with the first of them.
const namespaces: Isolation = ['unshare', '-r', '-n', '-p', '-f', '--kill-child=KILL', '--'];

/** The best first. What we start ends with us even if we are killed, where the kernel is asked to see to it. */
const known: readonly Isolation[] = [['setpriv', '--pdeathsig', 'KILL', '--', ...namespaces], namespaces];

let found: Promise<Isolation> | undefined;

/** Tried once a process. */
export function findIsolation(): Promise<Isolation> {
  found ??= firstThatWorks();
  return found;
}

async function firstThatWorks(): Promise<Isolation> {
  for (const isolation of known) if (await works(isolation)) return isolation;
  return [];
}

function works([program, ...args]: Isolation): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program!, [...args, 'true'], { timeout: 10_000 }, (error) => resolve(!error));
  });
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
