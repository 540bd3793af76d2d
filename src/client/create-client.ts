import { ControlError } from '../control/control-error.ts';
import type { ControlOperationName, InputOf, OutputOf } from '../control/operations/index.ts';
import type { RawResponse } from '../control/raw-response.ts';
import { printable } from '../support/printable.ts';
import { definedFields, isObject } from '../support/values.ts';
import type { ControlClient } from './control-client.ts';
import type { Time } from './inputs.ts';

/** Calls an operation of the control plane by its name, in process or over HTTP. */
export type Transport = <N extends ControlOperationName>(name: N, input: InputOf<N> & object) => Promise<OutputOf<N>>;

/** A client that makes its calls through `ask`. */
export function createControlClient(ask: Transport): ControlClient {
  return {
    info: () => ask('info', {}),
    health: () => ask('health', {}),
    reset: (to = 'seed') => done(ask('reset', { to })),
    snapshot: (name) => done(ask('snapshots.save', { name })),
    restore: (name) => done(ask('snapshots.restore', { name })),
    diff: (name) => ask('snapshots.diff', { name }),
    rewind: (id) => done(ask('requests.rewind', { id })),
    snapshots: {
      list: async () => (await ask('snapshots.list', {})).snapshots,
      delete: (name) => done(ask('snapshots.delete', { name })),
    },
    export: () => ask('export', {}),
    import: (fixture, mode = 'replace') => ask('import', { mode, fixture }),
    apps: {
      list: async () => (await ask('apps.list', {})).apps,
      add: (app) => ask('apps.add', app),
    },
    settings: {
      get: async (scope = {}) => ask('settings.get', options(scope, SCOPE)),
      set: async (settings, scope = {}) => ask('settings.set', { ...options(scope, SCOPE), settings }),
    },
    users: {
      list: (page = {}) => ask('users.list', page),
      get: async (id, scope = {}) => ask('users.get', { ...options(scope, SCOPE), id }),
      create: async (user, scope = {}) => ask('users.create', { ...options(scope, SCOPE), user }),
      update: async (id, user, scope = {}) => ask('users.update', { ...options(scope, SCOPE), id, user }),
      delete: async (id, scope = {}) => done(ask('users.delete', { ...options(scope, SCOPE), id })),
      generate: async (count, scope = {}) => ask('users.generate', { ...options(scope, SCOPE), count }),
    },
    sessions: {
      create: (options = {}) => ask('sessions.create', options),
      list: (options = {}) => ask('sessions.list', options),
      expire: (which) => ask('sessions.expire', which),
    },
    clock: {
      now: async () => (await ask('clock.get', {})).now,
      get: () => ask('clock.get', {}),
      set: (now) => ask('clock.set', { now: timeValue(now) }),
      freeze: (now) => ask('clock.set', { ...(now !== undefined && { now: timeValue(now) }), frozen: true }),
      advance: (by) => ask('clock.advance', { by }),
      resume: () => ask('clock.set', { frozen: false }),
    },
    faults: {
      list: async () => (await ask('faults.list', {})).items,
      get: (id) => ask('faults.get', { id }),
      add: (fault) => ask('faults.add', fault),
      remove: (id) => done(ask('faults.remove', { id })),
      clear: () => done(ask('faults.clear', {})),
    },
    stubs: {
      list: async () => (await ask('stubs.list', {})).items,
      get: (id) => ask('stubs.get', { id }),
      add: async (stub, scope = {}) => ask('stubs.add', { ...options(stub, STUB), ...options(scope, SCOPE) }),
      remove: (id) => done(ask('stubs.remove', { id })),
      clear: () => done(ask('stubs.clear', {})),
    },
    outbox: {
      list: async (filter = {}) => (await ask('outbox.list', filter)).items,
      get: (id) => ask('outbox.get', { id }),
      waitFor: async (filter = {}) => {
        const { to, timeout = '5s' } = options(filter, "{ to: 'mia@example.com' }");
        const [mail] = (await ask('outbox.list', { ...(to !== undefined && { to }), wait: timeout })).items;
        if (mail) return mail;
        throw new Error(`no mail${to === undefined ? '' : ` to ${to}`} arrived within ${timeout}`);
      },
      clear: () => done(ask('outbox.clear', {})),
    },
    requests: {
      list: async (match = {}) => (await ask('requests.list', match)).items,
      get: (id) => ask('requests.get', { id }),
      waitFor: async (options = {}) => (await ask('requests.wait', options)).items,
      har: (filter = {}) => ask('requests.har', filter),
      curl: async (id) => textOf(await ask('requests.curl', { id })),
      verify: async (expectation) => {
        const { order, ...others } = options(expectation, "{ match: { operation: 'users.create' } }");
        return ask('requests.verify', { ...others, ...(order && { order: [...order] }) });
      },
      clear: () => done(ask('requests.clear', {})),
    },
    events: async (selection = {}) => {
      const { types, after } = options(selection, "{ types: ['request'] }");
      return ask('events', definedFields({ types: types?.join(','), after }));
    },
    warnings: async () => (await ask('warnings.list', {})).items,
    evidence: () => ask('evidence', {}),
    coverage: () => ask('coverage', {}),
    sandboxes: {
      list: async () => (await ask('sandboxes.list', {})).sandboxes,
      details: async () => (await ask('sandboxes.list', {})).items,
      create: async (name, given = {}) =>
        ask('sandboxes.create', { name, ...definedFields({ port: options(given, '{ port: 0 }').port }) }),
      delete: (name) => done(ask('sandboxes.delete', { name })),
      clear: () => done(ask('sandboxes.clear', {})),
    },
  };
}

/** Examples of options, for the message about others. */
const SCOPE = '{ app: 22 }';
const STUB = "{ match: 'GET /chat/Dialog', json: {} }";

/** An argument of a caller without types. @throws ControlError 422 for a bare value such as 22, which would be ignored otherwise */
function options<T extends object>(given: T, example: string): T {
  if (isObject(given)) return given;
  throw new ControlError(
    422,
    `must be an object such as ${example}, not ${printable(typeof given === 'string' ? JSON.stringify(given) : String(given))}`,
  );
}

async function done(call: Promise<unknown>): Promise<void> {
  await call;
}

function timeValue(time: Time): string | number {
  return time instanceof Date ? time.getTime() : time;
}

/** The text of an answer that isn't JSON: over HTTP, the text alone comes. */
function textOf(answer: RawResponse | string): string {
  return typeof answer === 'string' ? answer : answer.text;
}
