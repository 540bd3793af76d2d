/** Headers that the server itself sets. */
const OWN_HEADERS = ['connection', 'content-length', 'date', 'keep-alive', 'trailer', 'transfer-encoding', 'upgrade'];
/** RFC 9110: characters that the value of a header can't have. */
export const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/g;
/** RFC 9110. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Lists the problems of headers that stubs and faults add to answers, each with its place: `headers.Date: …`. */
export function headerProblems(headers: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (!HEADER_NAME.test(name)) return [`headers: '${name}' can't be the name of a header`];
    if (OWN_HEADERS.includes(name.toLowerCase())) return [`headers.${name}: is set by the server itself`];
    return value.search(NOT_IN_HEADERS) < 0 ? [] : [`headers.${name}: has characters that a header can't have`];
  });
}
