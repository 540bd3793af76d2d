import { runInThisContext } from 'node:vm';

/** Node's own `fetch`: jsdom has none, and one that a project puts there sends the headers of pages, which the emulator refuses. */
export const nodeFetch: typeof fetch = runInThisContext('fetch');
