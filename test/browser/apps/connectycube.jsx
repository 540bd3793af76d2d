// In the way of ConnectyCube's guide: the SDK's own instance, from npm.
import ConnectyCube from 'connectycube';
import { showApp } from './app.jsx';

ConnectyCube.init(...globalThis.settings);

showApp({
  async signUp(profile) {
    await ConnectyCube.createSession();
    const { user } = await ConnectyCube.users.signup(profile);
    return user;
  },
  async logIn({ login, password }) {
    const session = await ConnectyCube.createSession({ login, password });
    await ConnectyCube.chat.connect({ userId: session.user_id, password: session.token });
    return session.user;
  },
  listChats: async () => (await ConnectyCube.chat.dialog.list()).items,
  search: async (name) => (await ConnectyCube.users.getV2({ full_name: { start_with: name } })).items,
  async logOut() {
    await ConnectyCube.chat.disconnect();
    await ConnectyCube.logout();
  },
});
