// Everything in one file: the library and the command line share it, so nothing is shipped or loaded twice.
export { main } from './cli/program.ts';
// for the kits
export { DIALECTS } from './dialects/index.ts';
export * from './index.ts';
