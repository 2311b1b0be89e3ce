/** `npm run generate`: writes the extracts of other people's data that are checked in. */
import { writeFile } from 'node:fs/promises';
import { registry } from '../../src/provider/registry.ts';
import { makeTypeSchemas } from './type-schemas.ts';

const target = new URL('../../src/provider/schemas.generated.json', import.meta.url);
const schemas = await makeTypeSchemas(Object.values(registry));
await writeFile(target, `${JSON.stringify(schemas, null, 1)}\n`);
console.log(`wrote ${Object.keys(schemas).length} types to src/provider/schemas.generated.json`);
