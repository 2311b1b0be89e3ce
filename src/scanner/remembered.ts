import { digestOf } from '../base/canonical-json.ts';
import type { Scanned, Scanner } from './scanner.ts';

/** How many texts it keeps what was found in. */
const most = 200;

/**
 * A scanner that looks at the same text once: a plan that is made again, at a merge or for another environment, does
 * not pay for it again. What failed is asked again. What tools and rules are is taken to be what it was at the start.
 */
export function remembered(scanner: Scanner): Scanner {
  const known = new Map<string, Promise<Scanned>>();
  return {
    reads: scanner.reads,
    scan(subject) {
      const { file = '', text = '', json } = subject.template ?? {};
      const key = digestOf([file, text, json]);
      const earlier = known.get(key);
      known.delete(key);
      const scanned = earlier ?? scanner.scan(subject);
      // The latest used stands last.
      known.set(key, scanned);
      for (const oldest of [...known.keys()].slice(0, -most)) known.delete(oldest);
      const forget = () => known.get(key) === scanned && known.delete(key);
      scanned.then(({ kind }) => kind === 'failed' && forget(), forget);
      return scanned;
    },
  };
}
