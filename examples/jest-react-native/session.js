/** The code under test: a session that an app stores, and renews when the service has ended it. */
class Session {
  /** @param storage as React Native's AsyncStorage: `getItem`, `setItem` */
  constructor(api, storage) {
    this.api = api;
    this.storage = storage;
  }

  async logIn(login, password) {
    const body = { application_id: 230, auth_key: '29WfrNWdvkhmX6V', user: { login, password } };
    const { session } = await this.send('POST', '/session', body);
    await this.storage.setItem('session', JSON.stringify({ token: session.token, login, password }));
  }

  /** @returns a user's name, also when the session has ended meanwhile */
  async nameOf(id) {
    const { login, password } = JSON.parse(await this.storage.getItem('session'));
    try {
      return (await this.send('GET', `/users/${id}`)).user.full_name;
    } catch (error) {
      if (error.status !== 401) throw error;
      await this.logIn(login, password);
      return (await this.send('GET', `/users/${id}`)).user.full_name;
    }
  }

  async send(method, path, body) {
    const { token = '' } = JSON.parse((await this.storage.getItem('session')) ?? '{}');
    const headers = { 'Content-Type': 'application/json', 'CB-Token': token };
    const answer = await fetch(this.api + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: ${answer.status}`), { status: answer.status });
    return answer.json();
  }
}

module.exports = { Session };
