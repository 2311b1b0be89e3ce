import { expect, test } from 'vitest';
import { serveSetup } from '../../src/http/serve-setup.ts';

test('the page that registers the App is served to nobody but this machine', async () => {
  await expect(serveSetup({ HOST: '0.0.0.0' })).rejects.toMatchObject({ code: 'config-invalid' });
});
