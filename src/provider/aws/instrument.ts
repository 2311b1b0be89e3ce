/** What every SDK client gets: a rate that AWS allows, the count of its requests, safe retries, errors in Slipway's words. */
import type { EC2Client } from '@aws-sdk/client-ec2';
import { type TraceOptions, traced } from '../../base/trace.ts';
import { isNobodyThere, isOutcomeUnknown, isThrottled, NotRepeated, toSlipwayError } from './aws-error.ts';
import type { CallRates } from './call-rate.ts';

/** Any client of the SDK, whatever its service: what is needed of it here is the same for all. */
export interface InstrumentedClient {
  readonly middlewareStack: object;
  destroy(): void;
}

/**
 * Creates without a client token and without a name of our choosing that AWS would refuse twice. A lost answer is
 * not answered by sending them again, which could make a second one that nobody remembers: see `createOnce`.
 */
const notRepeatable = new Set([
  'AllocateAddress',
  'AssociateRouteTable',
  'AssociateSubnetCidrBlock',
  'AssociateVpcCidrBlock',
  // AWS would refuse a second one of the name; the emulator makes its instances once more.
  'CreateAutoScalingGroup',
  'CreateDhcpOptions',
  'CreateInternetGateway',
  'CreateListener',
  'CreateLoadBalancer',
  'CreateRule',
  'CreateSecurityGroup',
  'CreateSnapshot',
  'CreateSubnet',
  'CreateTargetGroup',
  'CreateVpc',
  'CreateVpcPeeringConnection',
]);

/** The clients' stacks differ only in the types of their commands. */
type AnyStack = EC2Client['middlewareStack'];

/** Who is told of requests, by `Service.Operation`. */
export interface CallListener {
  /** Of each that is sent. */
  sent(operation: string): void;
  /** Of each that AWS throttled. */
  throttled(operation: string): void;
}

/** Adds the middleware to a client. */
export function instrument(client: InstrumentedClient, listener: CallListener, rates: CallRates): void {
  const stack = client.middlewareStack as unknown as AnyStack;
  stack.add(
    <Args, Output>(next: (args: Args) => Promise<Output>, context: CallContext) =>
      (args: Args) => {
        const call = callOf(context);
        return traced(`${call.service}.${call.operation}`, spanOf(call), async (span) => {
          try {
            const output = await next(args);
            const { requestId } = (output as Answer).output?.$metadata ?? {};
            if (requestId !== undefined) span.setAttribute('aws.request_id', requestId);
            return output;
          } catch (error) {
            throw toSlipwayError(error, call);
          }
        });
      },
    { step: 'initialize', priority: 'high', name: 'slipwayErrors' },
  );
  stack.addRelativeTo(
    <Args, Output>(next: (args: Args) => Promise<Output>, context: CallContext) =>
      async (args: Args) => {
        const { service, operation } = callOf(context);
        const action = `${service}.${operation}`;
        try {
          return await rates.run(action, async () => {
            listener.sent(action);
            try {
              return await next(args);
            } catch (error) {
              if (isThrottled(error)) listener.throttled(action);
              throw error;
            }
          });
        } catch (error) {
          const mustNotRetry =
            isNobodyThere(error) ||
            // The rates have tried again for as long as it makes sense.
            isThrottled(error) ||
            (notRepeatable.has(operation) && isOutcomeUnknown(error));
          throw mustNotRetry ? new NotRepeated(error) : error;
        }
      },
    { relation: 'after', toMiddleware: 'retryMiddleware', name: 'slipwayCalls' },
  );
}

interface Answer {
  readonly output?: { readonly $metadata?: { readonly requestId?: string } };
}

/** https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/ */
function spanOf({ service, operation }: ReturnType<typeof callOf>): TraceOptions {
  return {
    kind: 'client',
    attributes: { 'rpc.system': 'aws-api', 'rpc.service': service, 'rpc.method': operation },
  };
}

interface CallContext {
  readonly clientName?: string;
  readonly commandName?: string;
}

function callOf(context: CallContext) {
  return {
    service: (context.clientName ?? 'AWS').replace(/Client$/, ''),
    operation: (context.commandName ?? 'Call').replace(/Command$/, ''),
  };
}
