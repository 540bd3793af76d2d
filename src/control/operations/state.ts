import * as v from 'valibot';
import { exportState } from '../../fixtures/export.ts';
import { type FixtureOptions, loadFixture } from '../../fixtures/load.ts';
import { FixtureError } from '../../fixtures/schema.ts';
import { State } from '../../store/state.ts';
import { ControlError } from '../control-error.ts';
import type { ControlledServer, World } from '../controlled-server.ts';
import { defineOperation, noInput, strictFields, string } from '../operation.ts';
import { applicationOf } from './applications.ts';

const SnapshotName = strictFields({
  name: v.pipe(string, v.regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')),
});

/** Back to the beginning, out to a file and in again, and named snapshots. */
export const stateOperations = [
  defineOperation({
    name: 'reset',
    method: 'POST',
    path: '/reset',
    summary: 'back to the seed, or to no users: users, sessions, settings, clock, faults, outbox and journal',
    input: strictFields({ to: v.optional(v.picklist(['seed', 'empty'], "must be 'seed' or 'empty'"), 'seed') }),
    run: (world, { to }) => {
      world.reset(to);
      return { reset: to };
    },
  }),
  defineOperation({
    name: 'export',
    method: 'GET',
    path: '/export',
    summary: 'the state as a fixture file',
    input: noInput,
    run: (world) => exportState(world.state),
  }),
  defineOperation({
    name: 'import',
    method: 'POST',
    path: '/import',
    summary: 'a fixture file becomes the state, or is merged into it: all of it or nothing',
    input: strictFields({
      mode: v.optional(v.picklist(['replace', 'merge'], "must be 'replace' or 'merge'"), 'replace'),
      fixture: v.optional(v.unknown()),
    }),
    bodyField: 'fixture',
    unlimitedBody: true,
    run: (world, { mode, fixture }, host) => importFixture(world, fixture, mode, host),
  }),
  defineOperation({
    name: 'snapshots.list',
    method: 'GET',
    path: '/snapshots',
    summary: 'the names of the snapshots',
    input: noInput,
    run: (world) => ({ snapshots: [...world.snapshots.keys()] }),
  }),
  defineOperation({
    name: 'snapshots.save',
    method: 'PUT',
    path: '/snapshots/:name',
    summary: 'keeps the state under a name',
    input: SnapshotName,
    run: (world, { name }) => {
      world.saveSnapshot(name);
      return { name };
    },
  }),
  defineOperation({
    name: 'snapshots.delete',
    method: 'DELETE',
    path: '/snapshots/:name',
    summary: 'forgets a snapshot',
    input: SnapshotName,
    run: (world, { name }) => {
      if (!world.deleteSnapshot(name)) throw noSnapshot(world, name);
      return { name };
    },
  }),
  defineOperation({
    name: 'snapshots.restore',
    method: 'POST',
    path: '/snapshots/:name/restore',
    summary: 'makes a snapshot the state again',
    input: SnapshotName,
    run: (world, { name }) => {
      const snapshot = world.snapshots.get(name);
      if (!snapshot) throw noSnapshot(world, name);
      world.replaceState(snapshot.fork());
      return { name };
    },
  }),
];

function noSnapshot(world: World, name: string): ControlError {
  const names = [...world.snapshots.keys()].join(', ') || 'none';
  return new ControlError(404, `there is no snapshot '${name}'; there is: ${names}`);
}

function importFixture(world: World, fixture: unknown, mode: 'replace' | 'merge', host: ControlledServer) {
  const options: FixtureOptions = {
    dialects: host.dialects,
    get defaultApplication() {
      return applicationOf(world, undefined, host);
    },
    ids: world.random,
    now: world.clock.iso(),
  };
  try {
    const state = loadFixture(fixture, options, mode === 'merge' ? world.state : new State());
    world.replaceState(state);
    const applications = [...state.applications.values()].map(({ id }) => ({ id, users: state.users(id).size }));
    return { mode, applications };
  } catch (error) {
    if (!(error instanceof FixtureError)) throw error;
    throw new ControlError(422, `nothing was imported: ${error.problems.slice(0, 5).join('; ')}`, {
      problems: error.problems,
    });
  }
}
