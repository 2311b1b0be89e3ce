// The child process of directory.test.ts: opens a database, says so, and keeps it until it is ended.
import { openDatabase } from '../../src/db/database.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('usage: hold DIRECTORY');
await openDatabase({ directory });
process.stdout.write('open\n');
setInterval(() => {}, 1000);
