// Jest wants modules of their own for its global setup and its global teardown.
export { globalTeardown as default } from './jest.ts';
