import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../support/http.ts';
import { needsControlPlane, openTarget, type TestedEmulator } from '../support/target.ts';
import { type Example, readExamples, withSuffix } from './examples.ts';
import { normalized, type PrintedUser, printed, printedUsers } from './quickblox-records.ts';
import { openSession } from './session.ts';

const NOW = '2012-05-11T00:00:00Z';

/**
 * The state that an example needs, unless that is the printed users themselves: `before` has the printed user's fields before
 * the request, `users` the users of an example that prints none. `caller`: the session is that user's, not the application's.
 */
interface Setup {
  readonly at?: string;
  readonly caller?: number;
  readonly before?: Readonly<Record<string, string | null>> | null;
  readonly users?: readonly object[];
}

const IVAN = { full_name: 'Ivan Tkachenko', email: 'ivan@domain.com', updated_at: '2012-05-10T09:41:19Z' };
const OLESJA = { full_name: null, email: 'olesja@domain.com', updated_at: '2012-05-10T10:12:11Z' };
const deletions = (id: number, fields: object = {}): Setup => ({
  caller: id,
  users: [{ id, login: 'leaver', ...fields }],
});
const resetting: Setup = { users: [{ id: 1, email: 'usermail@quickblox.com' }] };

const SETUPS: Readonly<Record<string, Setup>> = {
  'User Sign Up (JSON)': { at: '2012-05-09T10:24:26Z', before: null },
  'User Sign Up (XML)': { at: '2012-05-09T10:19:39Z', before: null },
  'Update API User by identifier (JSON)': { at: '2012-05-10T15:21:07Z', caller: 798, before: IVAN },
  'Update API User by identifier (XML)': { at: '2012-05-10T10:25:56Z', caller: 5, before: OLESJA },
  'Delete API User by identifier (JSON)': deletions(36),
  'Delete API User by identifier (XML)': deletions(35),
  'Delete API User by external user id (JSON)': deletions(1, { external_user_id: 697 }),
  'Delete API User by external user id (XML)': deletions(1, { external_user_id: 696 }),
  'Reset API User password by e-mail (JSON)': resetting,
  'Reset API User password by e-mail (XML)': resetting,
};

/** Where the page contradicts itself: the printed text, and the text by all its other examples. */
const CORRECTIONS: Readonly<Record<string, readonly (readonly [printed: string, right: string])[]>> = {
  // the address names another user than the response shows
  'Update API User by identifier (JSON)': [['/users/1328.json', '/users/798.json']],
  // an older example: no declaration, five users per page by default, and no blank between tags
  'Retrieve API Users by tags (XML)': [
    ['tags=man,car', 'tags=man,car&per_page=5'],
    ["<users type='array'", `<?xml version="1.0" encoding="UTF-8"?>\n<users type='array'`],
    ['>man,car<', '>man, car<'],
  ],
};

function corrected({ name, request, response }: Example): Example {
  const correct = (text: string) =>
    (CORRECTIONS[name] ?? []).reduce((done, [wrong, right]) => done.replace(wrong, right), text);
  return {
    name,
    request: { ...request, path: correct(request.path) },
    response: response && { ...response, text: correct(response.text) },
  };
}

let emulator: TestedEmulator;
beforeAll(async () => {
  emulator = await openTarget();
});
afterAll(() => emulator.close());
needsControlPlane();

/** The printed users, and enough similar ones, with later ids, for the printed total. */
function usersBefore({ name, response }: Example): object[] {
  const { before, users: given } = SETUPS[name] ?? {};
  if (given) return [...given];
  const { users, total } = printedUsers(response!);
  if (before === null) return [];
  const shown = users.map(({ owner_id: _, ...user }) => ({ ...user, ...before }));
  const { id, full_name, user_tags } = shown[0] as unknown as PrintedUser;
  const more = Array.from({ length: total - shown.length }, (_, at) => ({
    id: id + 1 + at,
    login: `more${at}`,
    full_name,
    user_tags,
  }));
  return [...shown, ...more];
}

async function send(example: Example, request: Example['request']) {
  const { at = NOW, caller = null } = SETUPS[example.name] ?? {};
  const { format } = example.response!;
  const [first] = format === 'text' ? [] : printedUsers(example.response!).users;
  const users = usersBefore(example);
  await emulator.clock.freeze(at);
  await emulator.import({
    applications: [
      {
        id: 22,
        dialect: 'quickblox',
        auth_key: 'wJHd4cQSxpQGWx5',
        owner_id: first?.owner_id ?? 4360,
        ...(users.length === 0 && { next_user_id: first!.id }),
        users,
      },
    ],
  });
  await openSession(emulator, { token: example.request.headers['QB-Token']!, app: 22, user: caller });
  return rawRequest(emulator.url, request);
}

/** `2012-05-11 01:00:00 UTC` */
function inAnHour(time: string): string {
  const later = new Date(Date.parse(time) + 3_600_000).toISOString();
  return `${later.slice(0, 10)} ${later.slice(11, 19)} UTC`;
}

const examples = readExamples('quickblox.md').map(corrected);

test('every request example of the page is tested', () => {
  expect(examples).toHaveLength(28);
});

test('every correction changes something', () => {
  const asPrinted = readExamples('quickblox.md').filter(({ name }) => name in CORRECTIONS);
  expect(asPrinted).toHaveLength(Object.keys(CORRECTIONS).length);
  for (const { name, request, response } of asPrinted)
    for (const [wrong] of CORRECTIONS[name]!) expect(request.path + response!.text).toContain(wrong);
});

describe.each(examples)('$name', (example) => {
  const { name, request, response } = example;
  const xml = name.endsWith('(XML)');
  const { 'QB-Token': token, ...headers } = request.headers;
  const bare = withSuffix(request, '');
  const forms: [string, Example['request']][] = [
    ['as printed', request],
    ['without a suffix', xml ? { ...bare, headers: { ...bare.headers, Accept: 'application/xml' } } : bare],
    [
      'with the token as a parameter',
      { ...request, headers, path: `${request.path}${request.path.includes('?') ? '&' : '?'}token=${token}` },
    ],
  ];

  test.each(forms)('%s', async (_, form) => {
    const answer = await send(example, form);
    // the documents alone vouch for their own examples
    expect((await emulator.evidence()).levels).toMatchObject({ log: 0, sdk: 0, guess: 0, own: 0 });
    // doc: the table of requests and responses
    expect(answer.status).toBe(request.method === 'POST' ? 201 : 200);
    // guess: the type of XML
    expect(answer.headers.get('content-type')).toBe(`application/${xml ? 'xml' : 'json'}; charset=utf-8`);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    // log: the header is one request behind, so it has the earlier expiry time: an hour from now
    expect(answer.headers.get('qb-token-expirationdate')).toBe(inAnHour(SETUPS[name]?.at ?? NOW));
    expect(answer.headers.get('status')).toBe(request.method === 'POST' ? '201 Created' : '200 OK');
    if (response!.format === 'text') {
      const body = { 'Status: 200, null': 'null', 'Empty body, status: 200': '' }[response!.text];
      expect(answer.text).toBe(body);
      return;
    }
    const text = normalized(response!.format, answer.text);
    const [head, tail] = printed(response!);
    if (tail === '') expect(text).toBe(head);
    else {
      expect(text.slice(0, head.length)).toBe(head);
      expect(text.slice(-tail.length)).toBe(tail);
      const shown = text.split(xml ? '<user>' : '{"user":').length - 1;
      expect(shown).toBe(Math.min(printedUsers(response!).total, 10));
    }
  });
});

test.each(examples.filter(({ name }) => name.startsWith('Delete')))('$name: the user is gone', async (example) => {
  await send(example, example.request);
  await expect(emulator.users.get(SETUPS[example.name]!.caller!, { app: 22 })).rejects.toThrow('no user');
});

test.each(examples.filter(({ name }) => name.startsWith('Reset')))(
  '$name: a mail with a link is sent',
  async (example) => {
    await send(example, example.request);
    const [mail, ...others] = await emulator.outbox.list({ to: 'usermail@quickblox.com' });
    expect(mail!.link).toContain(emulator.url);
    expect(others).toEqual([]);
  },
);
