import { CONSOLE_PATH } from '../../model/addresses.ts';
import { defineOperation } from '../operation.ts';
import { HTML, RawResponse } from '../raw-response.ts';
import { anyInput } from '../schemas.ts';

/** The web console: a page that calls the other operations. */
export const consoleOperations = {
  console: defineOperation({
    method: 'GET',
    path: CONSOLE_PATH,
    summary: 'the web console',
    input: anyInput,
    // the page prompts for the admin token itself
    public: true,
    result: HTML,
    run: async (_sandbox, _input, server) => {
      const page = await server.consolePage();
      // the build writes it into the page, with the hash of its script; only a header can forbid frames
      const [, policy = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page) ?? [];
      return new RawResponse(200, HTML, page, { policy: `${policy}; frame-ancestors 'none'` });
    },
  }),
};
