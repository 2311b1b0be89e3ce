import { accepted, type Call, ok, type RouteTable } from '../http/call.ts';
import { notFound } from '../http/refusal.ts';
import { type Delivery, payloadOf } from '../webhooks/deliveries.ts';

/** What was sent to an App's webhook address, and sending it again. */
export const hookDeliveryRoutes: RouteTable = {
  'GET /app/hook/deliveries': {
    access: { scope: 'app' },
    handle(call) {
      const mine = call.hooks.deliveries.filter(({ app, done }) => done && app.id === call.app.id).reverse();
      return ok(call.page(mine).map(renderItem));
    },
  },
  'GET /app/hook/deliveries/{delivery_id}': {
    access: { scope: 'app' },
    handle(call) {
      const delivery = deliveryIn(call);
      return ok({
        ...renderItem(delivery),
        url: delivery.app.webhookUrl,
        request: { headers: delivery.headers, payload: payloadOf(delivery) },
        response: { headers: delivery.response.headers, payload: delivery.response.body },
      });
    },
  },
  'POST /app/hook/deliveries/{delivery_id}/attempts': {
    access: { scope: 'app' },
    handle(call) {
      // GitHub answers before it has sent anything, and so does this.
      void call.hooks.redeliver(deliveryIn(call));
      return accepted({});
    },
  },
};

function deliveryIn(call: Call): Delivery {
  const id = call.number('delivery_id');
  const found = call.hooks.deliveries.find((one) => one.id === id && one.app.id === call.app.id);
  if (!found) throw notFound();
  return found;
}

function renderItem(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt.toISOString(),
    redelivery: delivery.redelivery,
    duration: Math.round(delivery.durationSeconds * 100) / 100,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}
