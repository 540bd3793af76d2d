// In the way of QuickBlox' guide: the global `QB` of its script, and callbacks.
import { showApp } from './app.jsx';

const { QB } = globalThis;
const call = (run) =>
  new Promise((resolve, reject) => run((error, result) => (error ? reject(error) : resolve(result))));

QB.init(...globalThis.settings);

showApp({
  async signUp(profile) {
    await call((done) => QB.createSession(done));
    return call((done) => QB.users.create(profile, done));
  },
  async logIn({ login, password }) {
    const user = await call((done) => QB.login({ login, password }, done));
    const { token } = await call((done) => QB.getSession((error, result) => done(error, result?.session)));
    await call((done) => QB.chat.connect({ userId: user.id, password: token }, done));
    return user;
  },
  listChats: async () => (await call((done) => QB.chat.dialog.list({}, done))).items,
  async search(full_name) {
    const { items } = await call((done) => QB.users.get({ full_name }, done));
    return items.map(({ user }) => user);
  },
  async logOut() {
    QB.chat.disconnect();
    await call((done) => QB.logout(done));
  },
});
