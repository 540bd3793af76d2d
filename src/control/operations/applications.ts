import * as v from 'valibot';
import type { Application, Settings } from '../../model/records.ts';
import { readSetting } from '../../model/settings.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { enoughProblems } from '../../support/printable.ts';
import { ControlError, listKnown } from '../control-error.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { defineOperation } from '../operation.ts';
import { integer, jsonObject, noInput, strictFields, string } from '../schemas.ts';

/** Applications and their admin settings. */
export const applicationOperations = {
  'apps.list': defineOperation({
    method: 'GET',
    path: '/apps',
    summary: 'lists the applications; `default` is the one that calls refer to when they name none',
    input: noInput,
    result: 'ApplicationList',
    run: (sandbox, _input, server) => ({
      apps: [...sandbox.state.applications.values()].map((app) => describe(sandbox, app)),
      default: defaultOf(sandbox, server)?.id ?? null,
    }),
  }),
  'apps.add': defineOperation({
    method: 'POST',
    path: '/apps',
    summary: 'registers an application',
    input: strictFields({
      id: v.pipe(integer, v.minValue(1, 'must be 1 or more')),
      auth_key: v.pipe(string, v.nonEmpty('must not be empty')),
      auth_secret: v.optional(v.nullable(string), null),
      dialect: v.optional(string),
      owner_id: v.optional(v.nullable(integer), null),
    }),
    result: 'ApplicationInfo',
    run: (sandbox, { dialect: name, ...fields }, { dialects }) => {
      const dialect = dialects.find((each) => each === (name ?? dialects[0]));
      if (dialect === undefined) throw new ControlError(422, `dialect: use one of ${dialects.join(', ')}`);
      if (sandbox.state.applications.get(fields.id))
        throw new ControlError(409, `application ${fields.id} exists already`);
      if (sandbox.state.applications.find('auth_key', fields.auth_key))
        throw new ControlError(409, 'auth_key: belongs to another application');
      const app: Application = { ...fields, dialect, next_user_id: 1, settings: {} };
      sandbox.state.applications.put(app);
      return describe(sandbox, app);
    },
  }),
  'settings.get': defineOperation({
    method: 'GET',
    path: '/settings',
    summary: 'the settings in force of an application',
    input: strictFields({ app: v.optional(integer) }),
    result: 'Settings',
    run: (sandbox, { app }, server) => ({ ...sandbox.settingsOf(applicationOf(sandbox, app, server)) }),
  }),
  'settings.set': defineOperation({
    method: 'PATCH',
    path: '/settings',
    summary: 'changes settings of one application, or of all',
    input: strictFields({ app: v.optional(integer), settings: jsonObject }),
    body: { field: 'settings', schema: 'Settings' },
    result: 'Settings',
    run: (sandbox, { app, settings }, server) => {
      const changes = readSettings(settings);
      const apps = app === undefined ? [...sandbox.state.applications.values()] : [applicationOf(sandbox, app, server)];
      for (const each of apps) sandbox.state.applications.put({ ...each, settings: { ...each.settings, ...changes } });
      return { ...sandbox.settingsOf(applicationOf(sandbox, app, server)) };
    },
  }),
};

/** Checks settings, given by name. @throws ControlError 422 that names every problem */
export function readSettings(changes: Readonly<Record<string, unknown>>): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(changes)) {
    const read = readSetting(name, value);
    if (enoughProblems(problems.length)) break;
    if ('problem' in read) problems.push(read.problem);
    else settings[name] = read.value;
  }
  if (problems.length > 0) throw new ControlError(422, problems.join('; '), { problems });
  return settings as Partial<Settings>;
}

/** An application by its id; without one, the default application. @throws ControlError 404 */
export function applicationOf(sandbox: Sandbox, id: number | undefined, server: ControlledServer): Application {
  const app = id === undefined ? defaultOf(sandbox, server) : sandbox.state.applications.get(id);
  if (app) return app;
  const ids = [...sandbox.state.applications.values()].map((each) => each.id);
  const missing = id === undefined ? '' : `there is no application ${id}; `;
  throw new ControlError(404, missing + listKnown('applications', ids));
}

/** The application that calls refer to when they name none. Applications registered later don't take its place. */
export function defaultOf({ state }: Pick<Sandbox, 'state'>, server: ControlledServer): Application | undefined {
  const apps = [...state.applications.values()];
  const ofDialect = apps.find(({ dialect }) => dialect === server.dialects[0]);
  return state.applications.get(server.defaultApplication) ?? ofDialect ?? apps[0];
}

function describe(sandbox: Sandbox, application: Application) {
  const { next_user_id: _, settings: _own, ...app } = application;
  return { ...app, users: sandbox.state.users(app.id).size, rate_limit: sandbox.settingsOf(application).rate_limit };
}
