import { type Params, pairsOf, type RawRequest } from './http.ts';

/** The ways in which a request can carry its parameters. */
export const WIRE_FORMS = ['JSON', 'form', 'query', 'multipart'] as const;
export type WireForm = (typeof WIRE_FORMS)[number];

/** How a form writes a value. The default encodes everything and writes blanks as `+`. */
export type Encode = (value: string) => string;
export const encodeForm: Encode = (value) => encodeURIComponent(value).replaceAll('%20', '+');

/** A request that carries parameters in one of these ways. */
export function carrying(
  form: WireForm,
  { method, path }: Pick<RawRequest, 'method' | 'path'>,
  params: Params,
  encode = encodeForm,
): RawRequest {
  const request = (type: string, body: string): RawRequest => ({
    method,
    path,
    headers: { 'Content-Type': type },
    body,
  });
  if (form === 'JSON') return request('application/json', JSON.stringify(params));
  if (form === 'multipart') return request(`multipart/form-data; boundary=${BOUNDARY}`, multipart(params));
  const text = pairsOf(params)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  return form === 'form'
    ? request('application/x-www-form-urlencoded', text)
    : { method, path: `${path}?${text}`, headers: {} };
}

const BOUNDARY = 'boundary';

function multipart(params: Params): string {
  const parts = pairsOf(params).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--${BOUNDARY}--\r\n`;
}
