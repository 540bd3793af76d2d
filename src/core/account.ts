import type { AccountContext, Output } from './context.ts';

/**
 * GET /account_settings, the first call of many SDKs. log: q-municate-android#132, the keys, which the dialect begins with the
 * account's id. The API is the emulator itself, at the address that the client called, and the chat is on the same host, without a
 * port, because SDKs append their own (sdk). Any account key is accepted.
 */
export function accountSettings({ baseUrl }: AccountContext): Output<'account_settings'> {
  // not a URL for certain: the client's `Host` may be anything
  const [, hostname = ''] = /^\w+:\/\/(\[[^\]]*\]|[^:/]*)/.exec(baseUrl) ?? [];
  return {
    kind: 'account_settings',
    settings: {
      api_endpoint: baseUrl,
      chat_endpoint: hostname,
      turnserver_endpoint: hostname,
      s3_bucket_name: 'qbprod',
    },
  };
}
