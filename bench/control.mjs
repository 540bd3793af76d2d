// Cost of the control plane: reset and restore with many users, and sandboxes. Run by hand after `npm run build`:
//   node --expose-gc bench/control.mjs
import { createEmulator } from '../dist/index.mjs';

const ROUNDS = 30;

/** Times a call `ROUNDS` times. @returns median and worst, ms */
async function timed(call, prepare = async () => {}) {
  const took = [];
  for (let round = 0; round < ROUNDS; round++) {
    await prepare(round);
    const started = performance.now();
    await call(round);
    took.push(performance.now() - started);
  }
  took.sort((a, b) => a - b);
  return `${took[ROUNDS >> 1].toFixed(2)} (${took.at(-1).toFixed(1)})`;
}

const generated = (count, from = 0) =>
  Array.from({ length: count }, (_, index) => {
    const name = `user${from + index}`;
    return { id: from + index + 1, login: name, email: `${name}@example.com`, full_name: `User ${name}` };
  });

async function stateOf(users) {
  const emulator = await createEmulator({ seed: false });
  await emulator.import(generated(users));
  const seeded = await emulator.export();
  await emulator.close();
  return seeded;
}

/** An emulator whose seed has `users` users. */
async function emulatorOf(users) {
  const { mkdtemp, writeFile } = await import('node:fs/promises');
  const folder = await mkdtemp('/tmp/users-emulator-bench-');
  const file = `${folder}/seed.json`;
  await writeFile(file, JSON.stringify(await stateOf(users)));
  return createEmulator({ seed: file });
}

const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

async function stateFigures(users) {
  const emulator = await emulatorOf(users);
  const post = (path, method = 'POST') =>
    fetch(`${emulator.url}/_emulator${path}`, { method }).then((answer) => answer.text());
  let next = 0;
  const signUp = async () => {
    const login = `new${next++}`;
    const answer = await fetch(`${emulator.url}/users`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'CB-AuthKey': '29WfrNWdvkhmX6V' },
      body: JSON.stringify({ user: { login, password: 'secret123' } }),
    });
    await answer.text();
    if (answer.status !== 201) throw new Error(`${answer.status}`);
  };
  for (let call = 0; call < 50; call++) await signUp();
  await post('/snapshots/a', 'PUT');
  const figures = {
    users,
    'a sign-up': await timed(signUp),
    'reset after changes': await timed(() => post('/reset'), signUp),
    'first sign-up after reset': await timed(signUp, () => post('/reset')),
    'second sign-up after reset': await timed(signUp, async () => {
      await post('/reset');
      await signUp();
    }),
    'snapshot after changes': await timed(() => post('/snapshots/b', 'PUT'), signUp),
    'restore after changes': await timed(() => post('/snapshots/a/restore'), signUp),
    'first sign-up after restore': await timed(signUp, () => post('/snapshots/a/restore')),
  };
  await emulator.close();
  return figures;
}

async function sandboxFigures(users, count) {
  const emulator = await emulatorOf(users);
  const heap = () => {
    for (let round = 0; round < 3; round++) globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  await emulator.sandbox('first').users.create({ login: 'first', password: 'secret123' });
  const before = heap();
  const started = performance.now();
  for (let number = 0; number < count; number++) await emulator.sandbox(`s${number}`).clock.now();
  const took = performance.now() - started;
  const untouched = heap() - before;
  for (let number = 0; number < 100; number++) {
    await emulator.sandbox(`s${number}`).users.create({ login: 'mia', password: 'secret123' });
  }
  const touched = heap() - before - untouched;
  await emulator.close();
  return {
    [`${count} unused sandboxes of ${users} users`]: mb(untouched),
    'creating each': `${(took / count).toFixed(3)} ms`,
    'each after a sign-up': `${Math.round(touched / 100 / 1000)} kB`,
  };
}

console.log(`median (worst) of ${ROUNDS}, ms over HTTP on loopback`);
for (const users of [100, 10_000, 100_000]) console.table(await stateFigures(users));
if (globalThis.gc) console.table(await sandboxFigures(1000, 1000));
else console.log('memory: run with --expose-gc');
