import { readdir, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** What the processes of this machine have used so far. Linux tells it; elsewhere there are none. */
export interface Usage {
  /** Processor seconds of a process with all that it started, ended ones among them. */
  cpuSeconds(pid: number): number;
  /** Resident memory of the process itself, in MB. */
  residentMb(pid: number): number;
}

interface Process {
  readonly parent: number;
  readonly seconds: number;
  readonly residentMb: number;
}

/** Of a tick, and of a page: what Linux has had on every machine that anybody runs this on. */
const ticksPerSecond = 100;
const pageBytes = 4096;

export const cores = cpus().length;

/** Reads what all processes have used. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export async function readUsage(): Promise<Usage> {
  const processes = new Map<number, Process>();
  const names = await readdir('/proc').catch(() => []);
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    // After the program's name, which may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const used = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    processes.set(Number(name), {
      parent: Number(fields[1]),
      seconds: used / ticksPerSecond,
      residentMb: (Number(fields[21]) * pageBytes) / 2 ** 20,
    });
  }
  const cpuSeconds = (pid: number): number => {
    const children = [...processes].filter(([, { parent }]) => parent === pid);
    return children.reduce((sum, [child]) => sum + cpuSeconds(child), processes.get(pid)?.seconds ?? 0);
  };
  return { cpuSeconds, residentMb: (pid) => processes.get(pid)?.residentMb ?? 0 };
}
