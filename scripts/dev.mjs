// Runs the sources as they are, without a build: npm run dev -- --port 4300
import module from 'node:module';
import { consolePage, PAGE } from './console.mjs';

if (!process.features.typescript) {
  process.stderr.write(`npm run dev needs Node 22.18 or newer, which runs TypeScript; this is ${process.version}\n`);
  process.exit(1);
}
const page = `export default ${JSON.stringify(await consolePage())};`;
module.registerHooks({
  load: (url, context, next) =>
    PAGE.test(url) ? { format: 'module', source: page, shortCircuit: true } : next(url, context),
});

const { main } = await import('../src/bundle.ts');
process.exitCode = await main(process.argv.slice(2));
