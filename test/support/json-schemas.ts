import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import type { OptionRow } from '../../src/config/option-row.ts';
import { flagOf, OPTION_NAMES, OPTIONS, type OptionName } from '../../src/config/options.ts';
import { simplifyInteger } from '../../src/control/openapi/schema.ts';
import { FaultSchema } from '../../src/control/operations/faults.ts';
import { FixtureSchema } from '../../src/fixtures/schema.ts';
import { STUB_FIELDS } from '../../src/fixtures/stub-schema.ts';
import { SETTINGS } from '../../src/model/settings.ts';
import { keysOf } from '../../src/support/values.ts';

type Json = Readonly<Record<string, unknown>>;

const DRAFT = 'http://json-schema.org/draft-07/schema#';
const TEXT = { type: 'string' };
const BOOLEAN = { type: 'boolean' };
const INTEGER = { type: 'integer', minimum: 0 };
const either = (...anyOf: readonly Json[]) => ({ anyOf });
const listOf = (items: Json) => ({ type: 'array', items });
const ref = (name: string) => ({ $ref: `#/definitions/${name}` });

/** A schema of the sources as JSON Schema: what files may contain, without the checks that only code can make. */
function jsonSchemaOf(schema: v.GenericSchema): Json {
  const { $schema: _, ...json } = toJsonSchema(schema, {
    target: 'draft-07',
    typeMode: 'input',
    errorMode: 'ignore',
    overrideAction: ({ valibotAction, jsonSchema }) => {
      const metadata = 'metadata' in valibotAction ? valibotAction.metadata : undefined;
      return v.is(AS, metadata) ? jsonSchemaOf(metadata.as) : jsonSchema;
    },
  });
  return JSON.parse(JSON.stringify(json), simplifyInteger);
}

const AS = v.object({
  as: v.custom<v.GenericSchema>((value) => typeof value === 'object' && value !== null && 'kind' in value),
});

/** The admin settings, with their effects. */
function settingsSchema(): Json {
  const types = { boolean: BOOLEAN, integer: { type: 'integer', minimum: 1 }, rate: TEXT, providers: TEXT, text: TEXT };
  return {
    type: 'object',
    properties: Object.fromEntries(
      keysOf(SETTINGS).map((name) => [name, { ...types[SETTINGS[name].type], description: SETTINGS[name].effect }]),
    ),
    additionalProperties: false,
  };
}

/** A stub in a file, where it can't be a function. @param others fields that only some files have */
function stubSchema(others: Readonly<Record<string, Json>> = {}): Json {
  const { answer: _, ...fields } = STUB_FIELDS;
  const { properties, ...stub } = jsonSchemaOf(v.strictObject(fields));
  return { ...stub, properties: { ...(properties as Json), ...others } };
}

/** The JSON Schema of fixtures, exports and data files. */
export function fixtureSchema(): Json {
  let user: Json = {};
  const fixture = JSON.parse(JSON.stringify(jsonSchemaOf(FixtureSchema)), (name, value) => {
    if (name === 'settings') return ref('settings');
    if (name === 'stubs') return { ...value, items: ref('stub') };
    if (name !== 'users') return value;
    user = value.items;
    return { ...value, items: ref('user') };
  });
  return {
    $schema: DRAFT,
    title: 'The state of a users-emulator',
    description: 'A fixture, an export or a data file: applications with their settings and users.',
    ...either(fixture, { ...listOf(ref('user')), description: 'The users of the default application.' }),
    definitions: { user, settings: settingsSchema(), stub: stubSchema() },
  };
}

/** The values of options in a config file, where `valueOfRow` can't derive them. */
const VALUES: Partial<Record<OptionName, Json>> = {
  seed: either(BOOLEAN, TEXT, { type: 'object' }, { type: 'array' }),
  set: either(ref('settings'), TEXT, listOf(TEXT)),
  port: { type: 'integer', minimum: 0, maximum: 65535 },
  chat: either(BOOLEAN, { type: 'integer', minimum: 0, maximum: 65535 }),
  latency: either(INTEGER, { ...TEXT, pattern: '^\\d+(-\\d+)?$' }),
  fault: either(ref('fault'), TEXT),
  stub: either(ref('stub'), { type: 'object', properties: { stubs: listOf(ref('stub')) }, required: ['stubs'] }, TEXT),
  freezeTime: { ...TEXT, examples: ['2026-01-01T00:00:00Z'] },
  journal: either({ type: 'integer', minimum: 1 }, { ...TEXT, pattern: '^\\d+(:\\d+([KMG]?B)?)?$' }),
};

/** The values that an option's row allows: a few words, on or off, a text, or either. */
function valueOfRow({ flags, choices }: OptionRow<unknown>): Json {
  if (choices) return { enum: choices };
  if (/\[.*\]$/.test(flags)) return either(BOOLEAN, TEXT);
  return flags.endsWith('>') ? TEXT : BOOLEAN;
}

/** The JSON Schema of config files. */
export function configSchema(): Json {
  const properties: Record<string, Json> = { $schema: TEXT };
  const otherSpellings: Record<string, Json> = {};
  for (const name of OPTION_NAMES) {
    const row: OptionRow<unknown> = OPTIONS[name];
    const one = VALUES[name] ?? valueOfRow(row);
    const value = row.repeatable && name !== 'set' ? either(one, listOf(one)) : one;
    const described = { ...value, description: row.help.replace(/ \(repeatable\)$/, '') };
    properties[name] = described;
    // also accepted, but not suggested by editors
    const flag = flagOf(name).slice(2);
    for (const other of [...(flag === name ? [] : [flag]), ...(row.repeatable ? [`${name}s`] : [])])
      otherSpellings[`^${other}$`] = value;
  }
  return {
    $schema: DRAFT,
    title: 'The options of users-emulator',
    type: 'object',
    properties,
    patternProperties: otherSpellings,
    additionalProperties: false,
    definitions: { settings: settingsSchema(), fault: jsonSchemaOf(FaultSchema), stub: stubSchema({ file: TEXT }) },
  };
}
