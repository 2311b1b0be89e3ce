// The child process of crash.test.ts: takes the first job, says so, and is killed while it works on it.
import { openDatabase } from '../../src/db/database.ts';
import { recordingQueue } from './recorder.ts';

const [where, location] = process.argv.slice(2);
if (location === undefined) throw new Error('usage: take-and-wait url|directory LOCATION');
const database = await openDatabase(where === 'url' ? { url: location } : { directory: location });
const queue = await recordingQueue(database, (event) => process.stdout.write(`${event}\n`));
if (where === 'directory') {
  // Nobody else can enqueue into it.
  await queue.enqueue('plan', { name: 'first', takesMs: 2000 }, { key: 'pr 7' });
  await queue.enqueue('plan', { name: 'second' }, { key: 'pr 7' });
}
await queue.start();
