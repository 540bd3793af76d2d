const { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');
const { crc32 } = require('node:zlib');

/** How long (ms) after the start the cache is written: by then V8 has compiled more functions than those of the first moment. */
const SAVE_DELAY = 1000;
/** Bytes of the checksums before the compiled code. */
const HEAD_LENGTH = 8;
/** What Node puts before and after a CommonJS module. */
const [BEFORE, AFTER] = wrap('\0')
  .split('\0')
  .map((text) => Buffer.from(text));

/**
 * Loads a program with the code that V8 compiled at an earlier start, which saves a third of the start time.
 * The cache is used only for exactly this program and only if it is undamaged: it begins with the checksums of the program and of the
 * compiled code. V8 itself rejects code of another version, and of a program of another length.
 * @param {string} file a CommonJS module, in ASCII
 * @param {string} folder of the cache, for this user only; where it can't be written, there is no cache
 * @returns the module's exports
 */
exports.loadCompiled = (file, folder = defaultFolder()) => {
  const source = Buffer.concat([BEFORE, readFileSync(file), AFTER]);
  const checksum = crc32(source);
  const cachedData = readCache(folder, checksum);
  const script = new Script(source.latin1Slice(), { filename: file, cachedData });
  if (cachedData === undefined || script.cachedDataRejected)
    setTimeout(() => writeCache(folder, checksum, script), SAVE_DELAY).unref();
  const program = { exports: {} };
  script.runInThisContext()(program.exports, createRequire(file), program, file, dirname(file));
  return program.exports;
};

/** @returns the compiled code; undefined if there is none for this source */
function readCache(folder, checksum) {
  try {
    if (!isOwn(folder)) return undefined;
    const bytes = readFileSync(join(folder, 'compiled'));
    const compiled = bytes.subarray(HEAD_LENGTH);
    return headOf(checksum, compiled).equals(bytes.subarray(0, HEAD_LENGTH)) ? compiled : undefined;
  } catch {
    return undefined; // The first start
  }
}

/** Writes the cache atomically, since another process may be reading it. */
function writeCache(folder, checksum, script) {
  try {
    const compiled = script.createCachedData();
    for (const each of [dirname(folder), folder]) if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
    if (!isOwn(folder)) return;
    const unfinished = join(folder, `compiled.${process.pid}`);
    writeFileSync(unfinished, Buffer.concat([headOf(checksum, compiled), compiled]), { mode: 0o600 });
    renameSync(unfinished, join(folder, 'compiled'));
  } catch {
    // The next start takes as long as this one
  }
}

/** Whether nobody else can write to a folder: the code in it will be run. Windows keeps these folders private by itself. */
function isOwn(folder) {
  if (process.getuid === undefined) return true;
  const { uid, mode } = lstatSync(folder);
  return uid === process.getuid() && (mode & 0o22) === 0;
}

function headOf(checksum, compiled) {
  return Buffer.from(Uint32Array.of(checksum, crc32(compiled)).buffer);
}

/** The folder where the system keeps the caches of a user's programs. */
function defaultFolder() {
  const caches = process.platform === 'win32' ? process.env.LOCALAPPDATA : process.env.XDG_CACHE_HOME;
  return join(caches || join(homedir(), '.cache'), 'users-emulator');
}
