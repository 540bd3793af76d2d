import { promisify } from 'node:util';
import QB from 'quickblox';

/** The code under test: an account of the application, by the SDK. @param api host, port and path of the service */
export async function connect(api) {
  QB.init(22, 'wJHd4cQSxpQGWx5', 'users-emulator-secret', { endpoints: { api, chat: 'localhost' } });
  await promisify(QB.createSession.bind(QB))();
}

/** @returns what to tell the user */
export async function register(login, password) {
  try {
    const user = await promisify(QB.users.create.bind(QB.users))({ login, password });
    return `Welcome, ${user.login}`;
  } catch ({ detail }) {
    return detail?.login?.[0] ?? 'Please try again later';
  }
}
