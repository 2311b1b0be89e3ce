import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { gitEnvironment } from './command.ts';

/** An object as git stores it. */
export interface GitObject {
  readonly oid: string;
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  readonly data: Buffer;
}

/** Reads objects of one repository by any revision expression (`main:infra/shop.yaml`). */
export interface ObjectReader {
  /** The object, or null when there is none of that name. */
  read(revision: string): Promise<GitObject | null>;
  close(): void;
}

const cachedBytes = 256 * 1024;
const objectId = /^[0-9a-f]{40}$/;

/**
 * Opens a reader on one long-lived `git cat-file --batch`, because starting git for every file costs more than all
 * the rest of an API call. Objects are kept by id: they can not change.
 */
export function openObjectReader(directory: string): ObjectReader {
  let child: ChildProcessWithoutNullStreams | null = null;
  let received: Buffer = Buffer.alloc(0);
  const waiting: { resolve: (object: GitObject | null) => void; reject: (error: Error) => void }[] = [];
  const cache = new Map<string, GitObject>();

  function start(): ChildProcessWithoutNullStreams {
    const started = spawn('git', ['cat-file', '--batch'], { cwd: directory, env: gitEnvironment });
    started.stdout.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      deliver();
    });
    started.stdin.on('error', () => {});
    const onEnd = () => {
      if (child === started) child = null;
      received = Buffer.alloc(0);
      for (const { reject } of waiting.splice(0)) reject(new Error('git cat-file ended'));
    };
    started.on('error', onEnd);
    started.on('close', onEnd);
    return started;
  }

  function deliver(): void {
    for (;;) {
      const end = received.indexOf(10);
      if (end < 0) return;
      const header = received.subarray(0, end).toString();
      const found = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(header);
      if (!found) {
        received = received.subarray(end + 1);
        waiting.shift()?.resolve(null);
        continue;
      }
      const size = Number(found[3]);
      if (received.length < end + 1 + size + 1) return;
      const data = Buffer.from(received.subarray(end + 1, end + 1 + size));
      received = received.subarray(end + 1 + size + 1);
      const object: GitObject = { oid: found[1]!, type: found[2] as GitObject['type'], data };
      if (size <= cachedBytes) cache.set(object.oid, object);
      waiting.shift()?.resolve(object);
    }
  }

  return {
    read(revision) {
      const known = cache.get(revision);
      if (known) return Promise.resolve(known);
      if (revision.includes('\n') || revision.trim() === '') return Promise.resolve(null);
      return new Promise((resolve, reject) => {
        child ??= start();
        waiting.push({ resolve, reject });
        child.stdin.write(`${revision}\n`);
      });
    },
    close() {
      child?.stdin.end();
      child?.kill();
      child = null;
      cache.clear();
    },
  };
}

/** Whether a text is a full object id. */
export function isObjectId(text: string): boolean {
  return objectId.test(text);
}
