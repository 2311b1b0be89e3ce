/** Sends webhooks from a process of its own, so that whoever answers them and whoever counts do not slow each other. */
import { type Sending, sendWebhooks } from './send-webhooks.ts';
import { type MixSource, mixedWebhooks } from './webhook-mix.ts';

process.once('message', async ({ sending, source }: { sending: Sending; source: MixSource }) => {
  const sent = await sendWebhooks(sending, mixedWebhooks(source));
  process.send!(sent, () => process.disconnect());
});
