import * as v from 'valibot';
import { exportState } from '../../fixtures/export.ts';
import { FixtureError } from '../../fixtures/fixture-error.ts';
import { type FixtureOptions, loadFixture } from '../../fixtures/load.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { stubProblems } from '../../sandbox/stubs.ts';
import { State } from '../../store/state.ts';
import { ControlError, listKnown } from '../control-error.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { diffStates } from '../diff.ts';
import { defineOperation, orRefused } from '../operation.ts';
import { noInput, oneOf, strictFields, string } from '../schemas.ts';
import { applicationOf } from './applications.ts';

const SnapshotName = strictFields({
  name: v.pipe(string, v.regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')),
});

/** The state as a whole: reset, export and import, snapshots. */
export const stateOperations = {
  reset: defineOperation({
    method: 'POST',
    path: '/reset',
    summary:
      'goes back to the seed, or to no users: users, sessions, settings, outbox, stubs, clock, faults and journal',
    input: strictFields({ to: v.optional(oneOf(['seed', 'empty']), 'seed') }),
    result: 'ResetResult',
    run: async (sandbox, { to }) => {
      await orRefused(sandbox, sandbox.reset(to));
      return { reset: to };
    },
  }),
  export: defineOperation({
    method: 'GET',
    path: '/export',
    summary: 'the state as a fixture file',
    input: noInput,
    result: 'Fixture',
    run: (sandbox) => exportState(sandbox.state),
  }),
  import: defineOperation({
    method: 'POST',
    path: '/import',
    summary: 'loads a fixture, which replaces the state or is merged into it: everything in it, or nothing',
    input: strictFields({
      mode: v.optional(oneOf(['replace', 'merge']), 'replace'),
      fixture: v.optional(v.unknown()),
    }),
    body: { field: 'fixture', schema: 'Fixture', unlimited: true },
    result: 'ImportResult',
    run: (sandbox, { mode, fixture }, server) => importFixture(sandbox, fixture, mode, server),
  }),
  'snapshots.list': defineOperation({
    method: 'GET',
    path: '/snapshots',
    summary: 'lists the snapshots',
    input: noInput,
    result: 'SnapshotList',
    run: (sandbox) => ({ snapshots: [...sandbox.snapshots.keys()] }),
  }),
  'snapshots.save': defineOperation({
    method: 'PUT',
    path: '/snapshots/:name',
    summary: 'saves the state under a name',
    input: SnapshotName,
    result: 'NameResult',
    run: (sandbox, { name }) => {
      sandbox.saveSnapshot(name);
      return { name };
    },
  }),
  'snapshots.delete': defineOperation({
    method: 'DELETE',
    path: '/snapshots/:name',
    summary: 'deletes a snapshot',
    input: SnapshotName,
    result: 'NameResult',
    run: (sandbox, { name }) => {
      snapshotOf(sandbox, name);
      sandbox.deleteSnapshot(name);
      return { name };
    },
  }),
  'snapshots.diff': defineOperation({
    method: 'GET',
    path: '/snapshots/:name/diff',
    summary: 'what changed since a snapshot: users with their fields; sessions and mails by their number',
    input: SnapshotName,
    result: 'StateDiff',
    run: (sandbox, { name }) => diffStates(snapshotOf(sandbox, name), sandbox.state),
  }),
  'snapshots.restore': defineOperation({
    method: 'POST',
    path: '/snapshots/:name/restore',
    summary: 'makes a snapshot the state again',
    input: SnapshotName,
    result: 'NameResult',
    run: (sandbox, { name }) => {
      sandbox.replaceState(snapshotOf(sandbox, name).fork(), 'restore');
      return { name };
    },
  }),
};

/** @throws ControlError 404 */
function snapshotOf({ snapshots }: Sandbox, name: string): State {
  const snapshot = snapshots.get(name);
  if (snapshot) return snapshot;
  throw new ControlError(404, `there is no snapshot '${name}'; ${listKnown('snapshots', [...snapshots.keys()])}`);
}

function importFixture(sandbox: Sandbox, fixture: unknown, mode: 'replace' | 'merge', server: ControlledServer) {
  const options: FixtureOptions = {
    dialects: server.dialects,
    get defaultApplication() {
      return applicationOf(sandbox, undefined, server);
    },
    random: sandbox.random,
    now: sandbox.clock.iso(),
    stubProblems,
  };
  try {
    const state = loadFixture(fixture, options, mode === 'merge' ? sandbox.state : new State());
    sandbox.replaceState(state, 'import');
    const applications = [...state.applications.values()].map(({ id }) => ({ id, users: state.users(id).size }));
    return { mode, applications };
  } catch (error) {
    if (!(error instanceof FixtureError)) throw error;
    throw new ControlError(422, `nothing was imported: ${error.problems.slice(0, 5).join('; ')}`, {
      problems: error.problems,
    });
  }
}
