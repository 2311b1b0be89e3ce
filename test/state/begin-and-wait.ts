// The child process of crash.test.ts: begins a call, says so, and is killed in the middle of it.
import { systemClock } from '../../src/base/clock.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createState } from '../../src/state/create-state.ts';
import { begun, resourceRecord, runRecord, shop } from './records.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('usage: begin-and-wait DIRECTORY');
const state = createState(await openDatabase({ directory }), systemClock);
const lock = await state.lock(shop, 'the one that dies', 600_000);
if (!lock) throw new Error('the lock is held');
await state.beginRun(runRecord(), lock);
await state.begin(begun({ intent: 'ended', logicalId: 'Role' }), lock);
const put = resourceRecord({ logicalId: 'Role' });
await state.end({ run: 'run-1', intent: 'ended', status: 'done', put }, lock);
await state.begin(begun({ intent: 'left open' }), lock);
process.stdout.write(`fence ${lock.fence}\n`);
// Where the call to the cloud would be.
setInterval(() => {}, 1000);
