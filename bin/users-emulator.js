#!/usr/bin/env node
// In the syntax of ES2015, so that an old Node.js gets as far as the message.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`users-emulator needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  const { loadCompiled } = require('./compile-cache.js');
  const { main } = loadCompiled(require.resolve('../dist/bundle.cjs'));
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
    // When the output is written: a connection that is still open, such as one to a mail server, must not delay the end
    process.stdout.write('', () => process.exit());
  });
}
