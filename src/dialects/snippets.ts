/** How an SDK, or any client, is pointed at the emulator. */
export interface Snippet {
  readonly title: string;
  /** Code with `{id}`, `{auth_key}`, `{auth_secret}`, `{url}` (http), `{api}` (that without its scheme) and `{host}` (without its port). */
  readonly code: string;
}

/** The snippets for the applications of each dialect. test/sdk runs the SDKs with these settings. */
const SNIPPETS: Readonly<Record<string, readonly Snippet[]>> = {
  connectycube: [
    {
      title: 'ConnectyCube JS 6, over http',
      code: `ConnectyCube.init(
  { appId: {id}, authKey: '{auth_key}' },
  { endpoints: { api: 'emulator', chat: 'emulator', api_url: '{url}' }, debug: { mode: 0 } },
);`,
    },
    {
      title: 'ConnectyCube JS 2 to 5, over https',
      code: `ConnectyCube.init(
  { appId: {id}, authKey: '{auth_key}', authSecret: '{auth_secret}' },
  { endpoints: { api: '{api}', chat: '{host}' } },
);`,
    },
    {
      title: 'curl',
      code: `curl {url}/users -H 'CB-AuthKey: {auth_key}' -H 'Content-Type: application/json' \\
  -d '{ "user": { "login": "mia", "password": "secret123" } }'`,
    },
  ],
  quickblox: [
    {
      title: 'QuickBlox JS, over https',
      code: `QB.init({id}, '{auth_key}', '{auth_secret}', { endpoints: { api: '{api}', chat: '{host}' } });`,
    },
  ],
};

/** The facts of an application that snippets contain; without a secret, none that needs it is there. */
export function fillSnippets(
  dialect: string,
  facts: Readonly<Record<'id' | 'auth_key' | 'url' | 'api' | 'host', string>> & { readonly auth_secret?: string },
): readonly Snippet[] {
  const known = (SNIPPETS[dialect] ?? []).filter(
    ({ code }) => facts.auth_secret !== undefined || !code.includes('{auth_secret}'),
  );
  const values: Readonly<Record<string, string>> = facts;
  return known.map(({ title, code }) => ({
    title,
    code: code.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder),
  }));
}
