import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { findRoute } from '../../src/api/routes.ts';
import { readConfig } from '../../src/config/config.ts';
import { openApi } from '../../src/control/openapi/document.ts';
import { OPERATIONS } from '../../src/control/operations/index.ts';
import { EmulatorServer } from '../../src/emulator/server.ts';
import type { Answer } from './http.ts';

let ajv: Ajv2020 | undefined;
const validators = new Map<string, ValidateFunction>();

/** The part of the OpenAPI document at a pointer, compiled once. */
function validatorOf(pointer: string): ValidateFunction {
  if (!ajv) {
    // test/control/openapi.test.ts validates the document itself
    ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
    ajv.addSchema({ ...openApi(OPERATIONS, new EmulatorServer(readConfig({})), ''), $id: 'doc' });
  }
  let validator = validators.get(pointer);
  if (!validator) {
    validator = ajv.getSchema(`doc#${pointer}`);
    if (!validator) throw new Error(`the OpenAPI document has no ${pointer}`);
    validators.set(pointer, validator);
  }
  return validator;
}

/** The path inside of a sandbox, as the server reads it. */
function pathOf(address: string): string {
  const resolved = address.includes('..') ? new URL(address, 'http://x').pathname : address;
  const inside = resolved.replace(/^\/sandbox\/[^/]+/, '').replace(/\/{2,}/g, '/');
  return inside
    .replace(/\/$/, '')
    .replace(/\.json$/, '')
    .replace(/\/$/, '');
}

/**
 * Checks an answer of the emulated API against the OpenAPI document: every answer that the tests receive passes here. Answers that a
 * fault made are left out, and XML, which the document doesn't describe in detail.
 * @throws Error that names the differences
 */
export function checkDescribed(
  method: string,
  path: string,
  requestHeaders: Readonly<Record<string, string>>,
  { status, headers, text, json }: Answer,
): void {
  const type = headers.get('content-type') ?? '';
  const [address = ''] = path.split('?', 1);
  const bare = pathOf(address);
  const isFault = Object.keys(requestHeaders).some((name) => name.toLowerCase() === 'x-emulator-fault');
  if (bare.startsWith('/_emulator') || isFault || method === 'HEAD' || !type.startsWith('application/json')) return;
  const endpoint = findRoute(method, bare)?.endpoint;
  const expected = endpoint && status === endpoint.status ? endpoint : undefined;
  // a stub's answer is its own
  if (!endpoint && status < 400) return;
  if (json === undefined || json === null) {
    if (expected && !expected.answers.includes('blank')) throw new Error(`${method} ${path}: an empty answer`);
    return;
  }
  const operation =
    expected &&
    `/paths/${encodeURIComponent(expected.path.replace(':id', '{id}').replaceAll('/', '~1'))}/${method.toLowerCase()}`;
  const pointer = operation
    ? `${operation}/responses/${status}/content/application~1json/schema`
    : '/components/schemas/Error';
  const validate = validatorOf(pointer);
  if (validate(json)) return;
  const differences = validate.errors?.map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  throw new Error(
    `${method} ${path}: ${status} ${text.slice(0, 300)}\nis not as the OpenAPI document describes it: ${differences?.slice(0, 5).join('; ')}`,
  );
}
