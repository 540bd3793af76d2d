import * as v from 'valibot';
import { DOCS_PATH } from '../../model/addresses.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
import { HTML, JSON_SCHEMA, MARKDOWN, PLAIN_TEXT, RawResponse } from '../raw-response.ts';
import { anyInput, string } from '../schemas.ts';

const INDEX = `${DOCS_PATH}/guides/index`;

/** The documentation: pages for people, Markdown for programs, and schemas for editors. */
export const documentationOperations = {
  docs: defineOperation({
    method: 'GET',
    path: DOCS_PATH,
    summary: 'leads to the documentation',
    input: anyInput,
    public: true,
    result: HTML,
    run: () => new RawResponse(302, HTML, '', { location: INDEX }),
  }),
  'docs.page': defineOperation({
    method: 'GET',
    path: `${DOCS_PATH}/:folder/:page`,
    summary: 'a page of the documentation; with the suffix `.md`, as Markdown',
    input: v.object({ folder: string, page: string }),
    public: true,
    result: HTML,
    run: async (_sandbox, { folder, page }, server) => {
      const text = await server.documentation(`${folder}/${page}`);
      if (text === undefined) throw new ControlError(404, `the documentation has no page '${folder}/${page}'`);
      return new RawResponse(200, page.endsWith('.md') ? MARKDOWN : HTML, text);
    },
  }),
  llms: defineOperation({
    method: 'GET',
    path: '/llms.txt',
    summary: 'the documentation, as an overview for programs that write tests',
    input: anyInput,
    public: true,
    result: PLAIN_TEXT,
    run: async (_sandbox, _input, server) => {
      const text = await server.llmsText();
      if (text === undefined) throw new ControlError(404, 'this package contains no llms.txt');
      return new RawResponse(200, PLAIN_TEXT, text);
    },
  }),
  'schemas.get': defineOperation({
    method: 'GET',
    path: '/schema/:name',
    summary: 'a JSON Schema for editors: `config.json` or `fixture.json`',
    input: v.object({ name: string }),
    public: true,
    result: JSON_SCHEMA,
    run: async (_sandbox, { name }, server) => {
      const text = await server.jsonSchema(name);
      if (text === undefined)
        throw new ControlError(404, `there is no schema '${name}': use config.json or fixture.json`);
      return new RawResponse(200, JSON_SCHEMA, text);
    },
  }),
};
