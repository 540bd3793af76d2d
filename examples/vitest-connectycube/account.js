import ConnectyCube from 'connectycube';

/** The code under test: an account of the application, by the SDK. @param api the address of the service, if it isn't the vendor's own */
export async function connect(api) {
  const endpoints = { api: 'emulator', chat: 'emulator', api_url: api };
  ConnectyCube.init({ appId: 230, authKey: '29WfrNWdvkhmX6V' }, { ...(api && { endpoints }), debug: { mode: 0 } });
  await ConnectyCube.createSession();
}

/** @returns what to tell the user */
export async function register(login, password) {
  try {
    const { user } = await ConnectyCube.users.signup({ login, password });
    return `Welcome, ${user.login}`;
  } catch ({ code, info }) {
    return code === 422 ? info.errors.base[0] : 'Please try again later';
  }
}
