import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';

export type Json = { readonly [name: string]: unknown };

export function ref(kind: 'schemas' | 'responses', name: string): Json {
  return { $ref: `#/components/${kind}/${name}` };
}

/** What an operation takes, as JSON Schema. What only code can check is left out. */
export function schemaOf(input: v.GenericSchema): Json {
  const { $schema: _, ...schema } = toJsonSchema(input, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
  });
  return JSON.parse(JSON.stringify(schema), plainIntegers);
}

/** Whole numbers are also taken as text, and only safe ones: true, but nothing that a reader asks for. */
function plainIntegers(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'integer') return value;
  const { anyOf: _, minimum, maximum, ...rest } = value as unknown as Record<string, unknown>;
  return {
    ...rest,
    ...(minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
  };
}
