import { createServer } from 'node:http';
import { afterAll, afterEach } from 'vitest';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/**
 * A server that answers as it is told, for answers that no emulator gives. `replies` is used up one a request, the
 * last one for all that follow; `answers` are for the actions that they name, before those.
 */
export async function answeringServer() {
  const replies: Reply[] = [];
  const answers = new Map<string, Reply>();
  const actions: string[] = [];
  const paths: string[] = [];
  const bodies: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const asked = new URLSearchParams(body);
      const action = asked.get('Action') ?? '';
      actions.push(action);
      bodies.push(asked);
      paths.push(request.url ?? '');
      const reply = answers.get(action) ??
        (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 500, body: '' };
      response
        .writeHead(reply.status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'req-1' })
        .end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  afterEach(() => {
    replies.length = 0;
    answers.clear();
    actions.length = 0;
    paths.length = 0;
    bodies.length = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, replies, answers, actions, paths, bodies };
}

/** As EC2 refuses. */
export function ec2Error(code: string, message: string, status = 400): Reply {
  return {
    status,
    body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>req-1</RequestID></Response>`,
  };
}

export const noVpcs: Reply = {
  status: 200,
  body: '<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpcSet/></DescribeVpcsResponse>',
};
