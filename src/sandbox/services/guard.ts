import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Ends a server when this process is gone, however it went: finished, interrupted or killed.
 *
 * A tiny shell waits on the reading end of a pipe whose writing end only we hold. The kernel closes that
 * end when we die, `kill -9` included, and the shell then ends the server by its pid and removes its data.
 * (Linux alone has PR_SET_PDEATHSIG, which is lost when a program changes its user, as PostgreSQL's must,
 * and which fires when the *thread* that started the server ends, as a test runner's worker does.)
 */
export interface Guard {
  /** Call when the server has ended: from then on its pid may be somebody else's. */
  dismiss(): void;
}

const SCRIPT = `
trap '' INT TERM HUP
cat >/dev/null
kill -s "$2" "$1" 2>/dev/null
tries=0
while [ "$tries" -lt 50 ] && kill -0 "$1" 2>/dev/null; do sleep 0.1; tries=$((tries + 1)); done
kill -s KILL "$1" 2>/dev/null
[ -z "$3" ] || rm -rf "$3"
`;

/** Guards the process `pid`; `folder`, if given, is removed after it. */
export function guard(pid: number, signal: 'TERM' | 'INT', folder: string | undefined): Guard {
  const shell = spawn('sh', ['-c', SCRIPT, 'guard', String(pid), signal, folder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Its own session, so that Ctrl-C in a terminal does not end the guard before the server.
    detached: true,
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  // Neither the shell nor the pipe may keep us alive: our end is what it waits for.
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return { dismiss: () => void shell.kill('SIGKILL') };
}
