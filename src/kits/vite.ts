import type { Plugin, ProxyOptions, ViteDevServer } from 'vite';
import { createEmulator, type Emulator, type EmulatorOptions, UsageError } from '../index.ts';
import { CONSOLE_PATH, CONTROL_PATH } from '../model/addresses.ts';

/** The options of the plugin: those of `createEmulator`, and its own. `seed` is true if not given. */
export interface UsersEmulatorPluginOptions extends Omit<EmulatorOptions, 'listen'> {
  /** Where the emulator answers on the dev server: `/users-emulator` if not given. */
  readonly path?: string;
  /**
   * The address of an emulator that runs already; the plugin then starts none, and the other options have no effect. If not
   * given, `USERS_EMULATOR_URL`, which `users-emulator exec -- vite` sets.
   */
  readonly url?: string;
}

/** Tells the app where the emulator is. */
const VARIABLE = 'import.meta.env.VITE_USERS_EMULATOR_URL';
/** The port of the command line, where its commands look for the emulator. */
const USUAL_PORT = 4230;

/**
 * A plugin for Vite: runs an emulator with the dev server. The emulator also answers on the dev server's own origin, below
 * `path`, so pages need no CORS and no certificate, also when another device opens them.
 *
 * In the app's code, `import.meta.env.VITE_USERS_EMULATOR_URL` is that path; in code that the dev server itself runs (server-side
 * rendering), it is the emulator's own address. In production builds, previews and Vitest it is undefined and no emulator starts.
 * An emulator survives restarts of its dev server, with all users, unless the options have changed.
 */
export function usersEmulator(options: UsersEmulatorPluginOptions = {}): Plugin {
  const { path = '/users-emulator', url = process.env.USERS_EMULATOR_URL, ...emulatorOptions } = options;
  if (!/^(\/[\w-]+)+$/.test(path))
    throw new UsageError(`usersEmulator: path must be a path such as /users-emulator, not '${path}'`);
  let address = '';
  /** By an environment of the dev server that uses the emulator (Vite 5 has none): one that restarts starts its successor first. */
  const releases = new Map<unknown, () => Promise<void>>();
  return {
    name: 'users-emulator',
    apply: (_config, { command, isPreview = false }) => command === 'serve' && !isPreview && !process.env.VITEST,

    config: () => ({
      define: { [VARIABLE]: JSON.stringify(path) },
      ...(url && { server: { proxy: { [`^${path}(?=[/?]|$)`]: proxyTo(url, path) } } }),
    }),

    async configResolved({ root }) {
      if (!url) await checkSuccessor(root, { seed: true, ...emulatorOptions });
    },

    async configureServer(server) {
      if (url) {
        address = url;
      } else {
        const { emulator, release } = await acquire(server.config.root, { seed: true, ...emulatorOptions });
        address = emulator.url;
        server.middlewares.use(path, emulator.app);
        releases.set(server.environments?.client, release);
      }
      printAddress(server, address);
    },

    transform: {
      order: 'pre',
      handler: (code, _id, context) =>
        context?.ssr && code.includes(VARIABLE)
          ? { code: code.replaceAll(VARIABLE, JSON.stringify(address)), map: null }
          : undefined,
    },

    async closeBundle() {
      const release = releases.get(this.environment);
      releases.delete(this.environment);
      await release?.();
    },
  };
}

export default usersEmulator;

/** A dev server's share of an emulator. */
interface Lease {
  readonly emulator: Emulator;
  /** Closes the emulator, unless another dev server uses it. */
  release(): Promise<void>;
}

interface RunningEmulator {
  /** The options that it was started with, as text. */
  readonly options: string;
  readonly emulator: Promise<Emulator>;
  leases: number;
}

/** The emulators by the root folders of their projects. */
const running = new Map<string, RunningEmulator>();

/** Starts a project's emulator, or shares the one that runs with the same options. @throws UsageError for options that can't be used */
async function acquire(root: string, options: EmulatorOptions): Promise<Lease> {
  const text = textOf(options);
  const former = running.get(root);
  if (former && former.options !== text) await close(root, former);
  const shared = running.get(root) ?? { options: text, emulator: start(options), leases: 0 };
  running.set(root, shared);
  shared.leases++;
  const release = async () => {
    if (--shared.leases === 0) await close(root, shared);
  };
  try {
    return { emulator: await shared.emulator, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Tries changed options before Vite ends the dev server that uses the present ones, so that this one goes on if they are wrong.
 * @throws UsageError for options that can't be used
 */
async function checkSuccessor(root: string, options: EmulatorOptions): Promise<void> {
  const former = running.get(root);
  if (!former || former.options === textOf(options)) return;
  // the present emulator may have this port and this data file
  const { port: _, data: __, ...others } = options;
  await (await createEmulator({ ...others, listen: false })).close();
}

/** Options as a text that differs if they do. */
function textOf(options: EmulatorOptions): string {
  return JSON.stringify(options, (_key, value) => (typeof value === 'function' ? String(value) : value));
}

async function close(root: string, shared: RunningEmulator): Promise<void> {
  if (running.get(root) === shared) running.delete(root);
  const emulator = await shared.emulator.catch(() => undefined);
  await emulator?.close();
}

/** Without a port in the options, the usual one is tried first, as Vite does with its own. */
async function start(options: EmulatorOptions): Promise<Emulator> {
  const shown = { warn: (text: string) => console.warn(`users-emulator: ${text}`), ...options };
  if (options.port !== undefined) return createEmulator(shown);
  try {
    return await createEmulator({ ...shown, port: USUAL_PORT });
  } catch (error) {
    if (!(error instanceof UsageError) || error.exitCode !== 3) throw error;
    return createEmulator(shown);
  }
}

/** A route of Vite's proxy. Connections that the emulator drops are dropped, too: Vite would answer 500. */
function proxyTo(target: string, path: string): ProxyOptions {
  return {
    target,
    changeOrigin: true,
    ws: true,
    rewrite: (address) => address.slice(path.length).replace(/^(?!\/)/, '/'),
    configure: (proxy) => proxy.on('error', (_error, _request, response) => response.destroy()),
  };
}

/** Prints the emulator's console below the addresses of the dev server. */
function printAddress(server: ViteDevServer, url: string): void {
  const { logger } = server.config;
  const print = () => logger.info(`  ➜  Users:   ${url}${CONTROL_PATH}${CONSOLE_PATH}`);
  if (server.config.server.middlewareMode) {
    print();
    return;
  }
  const printUrls = server.printUrls.bind(server);
  server.printUrls = () => {
    printUrls();
    print();
  };
}
