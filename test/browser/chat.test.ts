import { expect, test } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { emulator, NO_TROUBLES, page, readScripts, troubles, useForeignPage } from './foreign-page.ts';

// biome-ignore lint/suspicious/noExplicitAny: globals of pages
type Globals = any;

const KITTY = { login: 'Kitty', password: 'KittyPass1!' };
const SDKS = {
  '1.17.2': 'node_modules/quickblox-1/quickblox.min.js',
  '2.13.11': 'node_modules/quickblox-2.13/quickblox.min.js',
  '2.23.0': 'node_modules/quickblox-2.23/quickblox.min.js',
};
/** Version 1 needs it; its package contains it. */
const JQUERY = 'node_modules/quickblox-1/lib/jquery/dist/jquery.min.js';

describeInBrowser('the chat of the QuickBlox SDKs, which is Strophe', () => {
  useForeignPage(async () => readScripts([JQUERY, ...Object.values(SDKS)]));

  test.each(Object.entries(SDKS))(
    '%s connects with a token, is refused with a wrong password, and disconnects',
    async (version, sdk) => {
      if (version === '1.17.2') await page.addScriptTag({ url: `/${JQUERY}` });
      await page.addScriptTag({ url: `/${sdk}` });
      const seen = await page.evaluate(
        async ({ host, kitty }) => {
          const { QB } = globalThis as Globals;
          const call = (run: (done: (error: Globals, result: Globals) => void) => void): Promise<Globals> =>
            new Promise((resolve, reject) => run((error, result) => (error ? reject(error) : resolve(result))));
          QB.init(22, 'wJHd4cQSxpQGWx5', 'users-emulator-secret', {
            endpoints: { api: host, chat: 'localhost' },
            chatProtocol: { active: 2, websocket: `wss://${host}` },
          });
          const session = await call((done) => QB.createSession(kitty, done));
          const connect = (password: string) =>
            call((done) => QB.chat.connect({ userId: session.user_id, password }, done));
          const refusal = await connect('wrong').catch(({ code }) => code);
          const roster = await connect(session.token);
          await QB.chat.disconnect();
          return { refusal, roster };
        },
        { host: new URL(emulator.url).host, kitty: KITTY },
      );
      expect(seen).toEqual({ refusal: 401, roster: {} });
      expect(troubles).toEqual(NO_TROUBLES);
      const logins = await emulator.requests.list({ operation: 'chat.connect' });
      expect(logins.map(({ status, errors }) => [status, ...errors])).toEqual([[401, 'wrong_password'], [101]]);
    },
  );
});
