import { CONSOLE_PATH } from '../../model/addresses.ts';
import { defineOperation } from '../operation.ts';
import { RawResponse } from '../raw-response.ts';
import { anyInput } from '../schemas.ts';

const TYPE = 'text/html; charset=utf-8';

/** The web console: a page that is a client of the other operations. */
export const consoleOperations = [
  defineOperation({
    name: 'console',
    method: 'GET',
    path: CONSOLE_PATH,
    summary: 'the web console',
    input: anyInput,
    // the page asks for the token itself
    public: true,
    type: TYPE,
    run: async (_sandbox, _input, server) => new RawResponse(200, TYPE, await server.consolePage()),
  }),
];
