#!/usr/bin/env node
require('../dist/bundle.cjs').main(process.argv);
