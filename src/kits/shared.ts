// The modules that the kits share. In the package they are one file.
export * from './artifacts.ts';
export * from './run.ts';
export * from './test-sandbox.ts';
export * from './use-emulator.ts';
