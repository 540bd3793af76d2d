#!/usr/bin/env node
const { loadCompiled } = require('./compiled.js');

loadCompiled(require.resolve('../dist/bundle.cjs')).main(process.argv);
