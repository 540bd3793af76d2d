#!/usr/bin/env node
const { loadCompiled } = require('./compile-cache.js');

loadCompiled(require.resolve('../dist/bundle.cjs')).main(process.argv);
