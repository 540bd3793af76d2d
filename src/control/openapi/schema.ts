import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { isObject } from '../../support/values.ts';

/** A part of an OpenAPI document. */
export type Json = { readonly [name: string]: unknown };

/** The JSON Schema of an operation's input. */
export interface InputSchema extends Json {
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
}

export function ref(kind: 'schemas' | 'responses', name: string): Json {
  return { $ref: `#/components/${kind}/${name}` };
}

/** An operation's input as JSON Schema, without the checks that only code can make. */
export function inputSchema(input: v.GenericSchema): InputSchema {
  const { $schema: _, ...schema } = toJsonSchema(input, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
  });
  return JSON.parse(JSON.stringify(schema), simplifyInteger);
}

/** For JSON.parse: integers are also accepted as digits, and only safe ones: true, but noise in a description. */
export function simplifyInteger(_key: string, value: unknown): unknown {
  if (!isObject(value) || value.type !== 'integer') return value;
  const { anyOf: _, minimum, maximum, ...rest } = value;
  return {
    ...rest,
    ...(minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
  };
}
