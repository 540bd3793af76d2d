module.exports = new Proxy({}, { get: (_, name) => require('MODULE')[name] });
