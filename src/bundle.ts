// Everything in one file: the library and the command line share it, so nothing is shipped or loaded twice.
export { main } from './cli/program.ts';
export * from './index.ts';
