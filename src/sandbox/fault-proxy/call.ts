/** How a service speaks, which decides the shape of its errors. */
export type Protocol = 'ec2' | 'query' | 'json' | 'rest';

/** An HTTP request as it came, before anybody has read its meaning. */
export interface WireRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One call of one AWS API action. */
export interface Call {
  /** As in the credential scope of the signature: `ec2`, `iam`, `sts`, `ssm`. */
  readonly service: string;
  /** `RunInstances`; for a service that has no action names, method and path: `GET /bucket/key`. */
  readonly action: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly protocol: Protocol;
  /** The query protocols' parameters, such as `Filter.1.Name`, without `Action` and `Version`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly request: WireRequest;
}

/** Reads what an AWS client asks for. Signatures are not verified: that is the target's business. */
export function readCall(request: WireRequest): Call {
  const [, accessKeyId = '', region = '', signedFor = ''] =
    /Credential=([^/]+)\/\d+\/([^/]*)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? '') ?? [];
  const from = { accessKeyId, region, request };

  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const action = target.split('.').at(-1) ?? '';
    return { ...from, service: signedFor, action, protocol: 'json', parameters: {} };
  }

  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const form = new URLSearchParams(isForm ? request.body.toString('utf8') : request.path.split('?')[1]);
  const { Action: action, Version: version, ...parameters } = Object.fromEntries(form);
  if (action === undefined) {
    const path = request.path.split('?')[0] ?? '';
    return {
      ...from,
      service: signedFor,
      action: `${request.method} ${path}`,
      protocol: 'rest',
      parameters: {},
    };
  }
  // An unsigned call to EC2 is known by its API version, which no other service has.
  const service = signedFor === '' && version === EC2_VERSION ? 'ec2' : signedFor;
  return { ...from, service, action, protocol: service === 'ec2' ? 'ec2' : 'query', parameters };
}

const EC2_VERSION = '2016-11-15';

/** The same client's call of another EC2 action, or of the same with other parameters. */
export function ec2Call(origin: Call, action: string, parameters: Readonly<Record<string, string>>): Call {
  const body = new URLSearchParams({ Action: action, Version: EC2_VERSION, ...parameters }).toString();
  const headers = {
    ...origin.request.headers,
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  };
  const request = { method: 'POST', path: '/', headers, body: Buffer.from(body) };
  return { ...origin, action, parameters, request };
}

/** The values of a list parameter: `SubnetId` gives those of `SubnetId.1`, `SubnetId.2` and so on. */
export function listParameter(call: Call, name: string): string[] {
  const pattern = new RegExp(`^${name}\\.\\d+$`);
  return Object.entries(call.parameters)
    .filter(([key]) => pattern.test(key))
    .map(([, value]) => value);
}
