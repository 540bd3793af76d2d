import page from '../../console/page.html';
import { anyInput, defineOperation, RawResponse } from '../operation.ts';

const TYPE = 'text/html; charset=utf-8';

/** The web console: a page that is a client of the other operations. */
export const consoleOperations = [
  defineOperation({
    name: 'console',
    method: 'GET',
    path: '/console',
    summary: 'the web console',
    input: anyInput,
    // the page asks for the token itself
    public: true,
    type: TYPE,
    run: () => new RawResponse(200, TYPE, page),
  }),
];
