/**
 * The vendors' other modules by their path, whose requests SDKs send (sdk). The answer is 501 and never an error that the API could
 * have given.
 */
export const MODULES: Readonly<Record<string, string>> = {
  '/session/list': 'list of sessions', // only to read: DELETE /session/list is emulated
  '/session/web': 'web sessions',
  '/address_book': 'address book',
  '/admin': 'administration',
  '/blobs': 'files',
  '/calls': 'calls',
  '/chat': 'chat',
  '/data': 'custom objects',
  '/events': 'push notifications',
  '/meetings': 'meetings',
  '/pages': 'pages',
  '/push_tokens': 'push notifications',
  '/storage': 'files',
  '/subscriptions': 'push notifications',
  '/unfurl': 'link previews',
  '/whiteboards': 'whiteboards',
};

/** The paths of these modules. */
export const NOT_EMULATED: readonly string[] = Object.keys(MODULES);

/** The module that a path belongs to; undefined: none that is left out on purpose. */
export function moduleOf(path: string): string | undefined {
  const root = NOT_EMULATED.find((each) => path === each || path.startsWith(`${each}/`));
  return root === undefined ? undefined : MODULES[root];
}
