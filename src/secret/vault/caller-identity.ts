/** What is left of a request to AWS that was signed and not sent. */
interface SignedRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * A GetCallerIdentity that is signed with Slipway's own AWS credentials and that Vault sends to STS in its place: who
 * signed it is who logs in. The credentials themselves go nowhere.
 * https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method
 */
export async function signedCallerIdentity(of: {
  readonly region: string;
  readonly serverId?: string;
}): Promise<Readonly<Record<string, string>>> {
  const { STS } = await import('@aws-sdk/client-sts');
  let signed: SignedRequest | undefined;
  const sts = new STS({
    region: of.region,
    maxAttempts: 1,
    requestHandler: {
      handle(request: SignedRequest) {
        signed = request;
        return Promise.reject(new Error('signed, and not sent'));
      },
    } as never,
  });
  if (of.serverId !== undefined) {
    const { serverId } = of;
    sts.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['X-Vault-AWS-IAM-Server-ID'] = serverId;
        return next(args);
      },
      { step: 'build' },
    );
  }
  try {
    await sts.getCallerIdentity({}).catch((error: unknown) => {
      if (!signed) throw error;
    });
  } finally {
    sts.destroy();
  }
  const { method, protocol, hostname, port, path, headers, body } = signed!;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    iam_http_request_method: method,
    iam_request_url: base64(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`),
    iam_request_body: base64(typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString()),
    iam_request_headers: base64(JSON.stringify(headers)),
  };
}
