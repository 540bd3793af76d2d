import page from '../../console/page.html';
import { ANYTHING, operation, Page } from '../operation.ts';

const TYPE = 'text/html; charset=utf-8';

/** The web console: a page that is a client of the other operations. */
export const consoleOperations = [
  operation({
    name: 'console',
    method: 'GET',
    path: '/console',
    summary: 'the web console',
    input: ANYTHING,
    // the page asks for the token itself
    open: true,
    type: TYPE,
    run: () => new Page(200, TYPE, page),
  }),
];
