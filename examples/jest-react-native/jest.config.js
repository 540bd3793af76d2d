module.exports = {
  globalSetup: 'users-emulator/jest',
  globalTeardown: 'users-emulator/jest/teardown',
};
