const { hash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** How long (ms) after the start what was compiled is kept: by then it is more than what the first moment needed. */
const KEEP_AFTER = 1000;
const DIGEST_LENGTH = 40;

/**
 * Loads a program as V8 compiled it at an earlier start, which takes off a third of a start.
 * What was compiled is used for the very same program alone, and only when it is undamaged: both digests are kept with it.
 * Another version of V8 refuses it by itself.
 * @param {string} file a CommonJS module
 * @param {string} folder where what was compiled is kept, for this user only; where it can't be kept, nothing is
 * @returns its exports
 */
exports.loadCompiled = (file, folder = usualFolder()) => {
  const source = readFileSync(file, 'utf8');
  const kept = readKept(folder, source);
  const script = new Script(wrap(source), { filename: file, cachedData: kept });
  if (kept === undefined || script.cachedDataRejected)
    setTimeout(() => keep(folder, source, script), KEEP_AFTER).unref();
  const program = { exports: {} };
  script.runInThisContext()(program.exports, createRequire(file), program, file, dirname(file));
  return program.exports;
};

function readKept(folder, source) {
  try {
    const bytes = readFileSync(join(folder, 'compiled'));
    const digests = bytes.toString('latin1', 0, 2 * DIGEST_LENGTH);
    const compiled = bytes.subarray(2 * DIGEST_LENGTH);
    return digests === hash('sha1', source) + hash('sha1', compiled) ? compiled : undefined;
  } catch {
    return undefined; // the first start
  }
}

/** Whole or not at all: another process may be reading it. */
function keep(folder, source, script) {
  try {
    const compiled = script.createCachedData();
    for (const each of [dirname(folder), folder]) if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
    const unfinished = join(folder, `compiled.${process.pid}`);
    writeFileSync(unfinished, Buffer.concat([Buffer.from(hash('sha1', source) + hash('sha1', compiled)), compiled]), {
      mode: 0o600,
    });
    renameSync(unfinished, join(folder, 'compiled'));
  } catch {
    // then the next start takes as long as this one
  }
}

function usualFolder() {
  const caches = process.platform === 'win32' ? process.env.LOCALAPPDATA : process.env.XDG_CACHE_HOME;
  return join(caches || join(homedir(), '.cache'), 'users-emulator');
}
