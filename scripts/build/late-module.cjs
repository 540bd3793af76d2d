// body-parser asks at its start whether zlib has zstd: process.versions answers that without loading it
const has = (_, name) => !name.includes('Zstd') || process.versions.zstd !== undefined;
module.exports = new Proxy({}, { get: (_, name) => require('MODULE')[name], has });
