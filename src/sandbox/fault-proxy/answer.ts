import type { Call, Protocol } from './call.ts';
import { escapeXml } from './xml.ts';

/** What goes back to the client. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** `whole` unless a fault cuts the connection: before the first byte, or in the middle of the body. */
  readonly delivery?: 'whole' | 'nothing' | 'half';
}

/** An error of the service's own, before it is written in the service's way. */
export interface ServiceError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The error in the shape in which the called service writes errors. */
export function errorAnswer(call: Call, error: ServiceError): Answer {
  const { contentType, write } = SHAPES[call.protocol];
  return {
    status: error.status,
    headers: {
      'content-type': contentType,
      ...(call.protocol === 'json' ? { 'x-amzn-errortype': error.code } : {}),
    },
    body: Buffer.from(write(error)),
  };
}

export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** The answer with another XML body. */
export function withBody(answer: Answer, xml: string): Answer {
  return { ...answer, body: Buffer.from(xml) };
}

interface Shape {
  readonly contentType: string;
  write(error: ServiceError): string;
}

const REQUEST_ID = 'fault-proxy';

const SHAPES: Readonly<Record<Protocol, Shape>> = {
  ec2: {
    contentType: 'text/xml;charset=UTF-8',
    write: ({ code, message }) =>
      `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error></Errors><RequestID>${REQUEST_ID}</RequestID></Response>`,
  },
  query: {
    contentType: 'text/xml',
    write: ({ status, code, message }) =>
      `<ErrorResponse><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error><RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`,
  },
  json: {
    contentType: 'application/x-amz-json-1.1',
    write: ({ code, message }) => JSON.stringify({ __type: code, message }),
  },
  rest: {
    contentType: 'application/xml',
    write: ({ code, message }) =>
      `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code>` +
      `<Message>${escapeXml(message)}</Message><RequestId>${REQUEST_ID}</RequestId></Error>`,
  },
};
