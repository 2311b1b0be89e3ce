import type { RefChange } from '../git/store.ts';
import type { GitAnswer } from './smart-http.ts';

/** What a push asks for, from the first lines of its request. */
export interface PushRequest {
  readonly commands: readonly RefChange[];
  readonly capabilities: readonly string[];
}

/** Reads the commands of a push: lines that each begin with their own length in four hexadecimal digits. */
export function parsePushCommands(body: Buffer): PushRequest {
  const commands: RefChange[] = [];
  let capabilities: string[] = [];
  for (let at = 0; at + 4 <= body.length; ) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16);
    if (!(length > 4)) break;
    const [command = '', extra] = body.toString('utf8', at + 4, at + length).split('\0');
    const [before = '', after = '', ...ref] = command.trim().split(' ');
    if (extra !== undefined) capabilities = extra.trim().split(' ');
    if (ref.length > 0) commands.push({ before, after, ref: ref.join(' ') });
    at += length;
  }
  return { commands, capabilities };
}

/** An answer that refuses a push whole, in words that `git push` shows. */
export function refusePush(
  push: PushRequest,
  refused: readonly { readonly ref: string; readonly reason: string }[],
): GitAnswer {
  const reasons = new Map(refused.map(({ ref, reason }) => [ref, reason]));
  const lines = push.commands.map(({ ref }) =>
    reasons.has(ref) ? `ng ${ref} protected branch hook declined\n` : `ng ${ref} atomic push failed\n`,
  );
  const report = Buffer.from(`${['unpack ok\n', ...lines].map(packet).join('')}0000`);
  const sideBand = push.capabilities.some((name) => name === 'side-band-64k');
  const text = refused
    .map(({ ref, reason }) => `error: GH006: Protected branch update failed for ${ref}.\nerror: ${reason}\n`)
    .join('');
  const body = sideBand
    ? Buffer.concat([band(2, Buffer.from(text)), band(1, report), Buffer.from('0000')])
    : report;
  return {
    status: 200,
    headers: { 'content-type': 'application/x-git-receive-pack-result', 'cache-control': 'no-cache' },
    body,
  };
}

function packet(text: string): string {
  return `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`;
}

function band(number: 1 | 2, data: Buffer): Buffer {
  const length = (data.length + 5).toString(16).padStart(4, '0');
  return Buffer.concat([Buffer.from(length), Buffer.from([number]), data]);
}
