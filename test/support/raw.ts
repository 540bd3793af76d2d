import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A request as it goes over the wire: unlike `fetch`, this sends bodies on GET and headers as they are given. */
export interface RawRequest {
  readonly method: string;
  /** With the query string, escaped. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For https: the certificate to trust. */
  readonly ca?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const TIME_LIMIT = 10_000;

/** Sends a request to a base address, http or https. Rejects after ten seconds without an answer. */
export function raw(url: string, { method, path, headers = {}, body, ca }: RawRequest): Promise<RawAnswer> {
  // node sends the length of a GET's body only when told to
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIME_LIMIT);
    const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(
      url + path,
      { method, headers: { ...headers, ...length }, signal, ...(ca && { ca, agent: false }) },
      async (response) => {
        try {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk as Buffer);
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode!, headers: response.headers, text });
        } catch (error) {
          reject(error);
        }
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
