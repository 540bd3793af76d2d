import { type Evidence, SOURCES } from '../../model/evidence.ts';
import { USER_FIELD_NAMES } from '../../model/fields.ts';
import { SETTINGS } from '../../model/settings.ts';
import { STUB_ACCESS } from '../../model/stubs.ts';
import { DROP_KINDS, FAULT_MOMENTS } from '../../sandbox/faults.ts';
import type { Warning } from '../../sandbox/warnings.ts';
import type { RawType } from '../raw-response.ts';
import type {
  ApplicationSummary,
  EndpointCoverage,
  ErrorCoverage,
  EvidenceItem,
  Results,
  SessionInfo,
  SettingCoverage,
  StubCoverage,
} from '../results.ts';
import { COMPONENTS, fieldSchema, INTEGER, OBJECT, TEXT } from './components.ts';
import { type Json, ref } from './schema.ts';

/** Results, and the parts of them that have a schema of their own. */
interface Described extends Omit<Results, RawType> {
  ApplicationSummary: ApplicationSummary;
  EndpointCoverage: EndpointCoverage;
  ErrorCoverage: ErrorCoverage;
  Evidence: Evidence;
  EvidenceItem: EvidenceItem;
  SessionInfo: SessionInfo;
  SettingCoverage: SettingCoverage;
  StubCoverage: StubCoverage;
  Warning: Warning;
}

/** The schema of a field that may be missing. */
interface Optional {
  readonly optional: Json;
}
/** The schemas of a type's fields: all of them, and no others. */
type FieldSchemas<T> = {
  readonly [F in keyof T]-?: undefined extends T[F] ? Optional : Json & { readonly optional?: never };
};

const BOOLEAN = { type: 'boolean' };
const NUMBER = { type: 'number' };
const DATE_TIME = { type: 'string', format: 'date-time' };
const TEXTS = { type: 'array', items: TEXT };
const nullable = ({ type, ...rest }: { readonly type: string }) => ({ type: [type, 'null'], ...rest });
const optional = (schema: Json): Optional => ({ optional: schema });
const arrayOf = (name: keyof Described): Json => ({ type: 'array', items: ref('schemas', name) });

const HEADERS = { type: 'object', additionalProperties: TEXT };
const CHANGE = objectOf({
  user: optional(INTEGER),
  session: optional(INTEGER),
  mail: optional(TEXT),
  stub: optional(INTEGER),
  application: optional(INTEGER),
  change: { enum: ['created', 'updated', 'deleted'] },
});

const DIFF_USER = objectOf({ app: INTEGER, user: ref('schemas', 'ShownUser') });
const DIFF_COUNTS = objectOf({ created: INTEGER, deleted: INTEGER });
const FIELD_VALUE = { type: ['string', 'integer', 'null'] };
const CHANGED_FIELDS = {
  type: 'object',
  additionalProperties: objectOf({ before: FIELD_VALUE, after: FIELD_VALUE }),
};

const APPLICATION = { id: INTEGER, dialect: TEXT, auth_key: TEXT, users: INTEGER };

/** Those made from other tables. */
const OTHERS = {
  Fixture: COMPONENTS.schemas.Fixture,
  Har: objectOf({ log: OBJECT }),
  OpenApiDocument: OBJECT,
  Settings: settings(),
  ShownUser: {
    type: 'object',
    properties: {
      ...Object.fromEntries(USER_FIELD_NAMES.map((name) => [name, fieldSchema(name)])),
      has_password: BOOLEAN,
      guest_until: INTEGER,
    },
    required: ['id', 'has_password'],
  },
};

const FIELDS: { readonly [K in Exclude<keyof Described, keyof typeof OTHERS>]: FieldSchemas<Described[K]> } = {
  ApplicationInfo: { ...APPLICATION, auth_secret: nullable(TEXT), owner_id: nullable(INTEGER), rate_limit: TEXT },
  ApplicationList: { apps: arrayOf('ApplicationInfo'), default: nullable(INTEGER) },
  ApplicationSummary: APPLICATION,
  ClockState: { now: DATE_TIME, frozen: BOOLEAN },
  Coverage: {
    endpoints: arrayOf('EndpointCoverage'),
    errors: arrayOf('ErrorCoverage'),
    settings: arrayOf('SettingCoverage'),
    not_emulated: TEXTS,
    app_boot: arrayOf('StubCoverage'),
  },
  DeletedFault: { id: TEXT },
  DeletedResult: { deleted: INTEGER },
  DeletedStub: { id: INTEGER },
  DeletedUser: { id: INTEGER },
  EmulatorInfo: {
    name: TEXT,
    version: TEXT,
    ready: { const: true },
    sandbox: nullable(TEXT),
    url: TEXT,
    https_url: TEXT,
    emulator_url: TEXT,
    pid: INTEGER,
    started_at: DATE_TIME,
    ca_file: TEXT,
    data_file: nullable(TEXT),
    applications: arrayOf('ApplicationSummary'),
  },
  EndpointCoverage: {
    operation: TEXT,
    method: TEXT,
    path: TEXT,
    status: INTEGER,
    deprecated: BOOLEAN,
    evidence: arrayOf('Evidence'),
  },
  ErrorCoverage: {
    key: TEXT,
    dialect: optional(TEXT),
    status: INTEGER,
    shape: { enum: ['list', 'base', 'field', 'message'] },
    text: { type: ['string', 'array'], items: TEXT },
    evidence: objectOf({ rule: arrayOf('Evidence'), wording: arrayOf('Evidence') }),
  },
  Evidence: {
    source: { enum: SOURCES },
    note: TEXT,
    of: optional({ anyOf: [TEXTS, { const: 'others' }] }),
  },
  EvidenceItem: {
    of: TEXT,
    dialect: optional(TEXT),
    level: { enum: SOURCES },
    note: TEXT,
    count: INTEGER,
    first_request: objectOf({ id: INTEGER, method: TEXT, path: TEXT }),
  },
  ExpiredSessions: { expired: INTEGER },
  Fault: {
    id: TEXT,
    match: OBJECT,
    times: optional(INTEGER),
    after: optional(INTEGER),
    probability: optional(NUMBER),
    status: optional(INTEGER),
    error: optional(TEXT),
    delay: optional({ type: ['number', 'array'], items: NUMBER }),
    drop: optional({ enum: DROP_KINDS }),
    when: optional({ enum: FAULT_MOMENTS }),
    body: optional(TEXT),
    json: optional({}),
    headers: optional(HEADERS),
    trickle: optional({ type: ['number', 'array'], items: NUMBER }),
    seen: INTEGER,
    hits: INTEGER,
  },
  FaultList: { items: arrayOf('Fault') },
  GeneratedUsers: { count: INTEGER, first_id: INTEGER, last_id: INTEGER },
  Health: { status: { const: 'ok' } },
  ImportResult: {
    mode: { enum: ['replace', 'merge'] },
    applications: {
      type: 'array',
      items: objectOf({ id: INTEGER, users: INTEGER }),
    },
  },
  JournalEntry: {
    id: INTEGER,
    time: DATE_TIME,
    method: TEXT,
    path: TEXT,
    operation: optional(TEXT),
    status: INTEGER,
    duration_ms: NUMBER,
    application: nullable(INTEGER),
    user_id: nullable(INTEGER),
    tag: optional(TEXT),
    errors: TEXTS,
    fault: optional(TEXT),
    warnings: TEXTS,
    changes: { type: 'array', items: CHANGE },
    evidence: arrayOf('Evidence'),
    request: objectOf({ method: TEXT, url: TEXT, headers: HEADERS, params: OBJECT }),
    response: { anyOf: [objectOf({ status: INTEGER, headers: HEADERS, body: {} }), { type: 'null' }] },
  },
  Mail: {
    id: TEXT,
    type: { const: 'password_reset' },
    to: TEXT,
    subject: TEXT,
    text: TEXT,
    html: TEXT,
    link: TEXT,
    created_at: DATE_TIME,
  },
  MailList: { items: arrayOf('Mail') },
  NameResult: { name: TEXT },
  NewSession: { token: TEXT, user_id: nullable(INTEGER), expires_at: DATE_TIME },
  RequestList: { total: INTEGER, items: arrayOf('JournalEntry') },
  ResetResult: { reset: { enum: ['seed', 'empty'] } },
  RewindResult: { id: INTEGER },
  RunEvidence: {
    levels: objectOf({ doc: INTEGER, log: INTEGER, sdk: INTEGER, guess: INTEGER, own: INTEGER }),
    items: arrayOf('EvidenceItem'),
  },
  SandboxInfo: {
    name: TEXT,
    url: TEXT,
    https_url: TEXT,
    port: nullable(INTEGER),
    users: nullable(INTEGER),
    requests: nullable(INTEGER),
    last_request_at: nullable(DATE_TIME),
  },
  SandboxList: { sandboxes: TEXTS, items: arrayOf('SandboxInfo') },
  SessionInfo: {
    token: TEXT,
    id: INTEGER,
    user_id: nullable(INTEGER),
    login: nullable(TEXT),
    created_at: DATE_TIME,
    updated_at: DATE_TIME,
    expires_at: DATE_TIME,
  },
  SessionList: { total: INTEGER, sessions: arrayOf('SessionInfo') },
  SettingCoverage: { name: TEXT, effect: TEXT, evidence: arrayOf('Evidence') },
  SnapshotList: { snapshots: TEXTS },
  StateDiff: {
    users: objectOf({
      created: { type: 'array', items: DIFF_USER },
      changed: { type: 'array', items: objectOf({ app: INTEGER, id: INTEGER, fields: CHANGED_FIELDS }) },
      deleted: { type: 'array', items: DIFF_USER },
    }),
    sessions: DIFF_COUNTS,
    mails: DIFF_COUNTS,
  },
  Stub: {
    id: INTEGER,
    name: TEXT,
    match: { type: ['string', 'object'] },
    access: optional({ enum: STUB_ACCESS }),
    application_id: nullable(INTEGER),
    status: optional(INTEGER),
    json: optional({}),
    text: optional(TEXT),
    headers: optional({ type: 'object', additionalProperties: TEXT }),
    answer: optional({ not: {}, description: 'a function: only in process' }),
    in_process: optional({ const: true }),
    times: optional(INTEGER),
    delay: optional({ type: ['number', 'array'], items: NUMBER }),
    override: optional(BOOLEAN),
    hits: INTEGER,
  },
  StubCoverage: { match: TEXT, evidence: arrayOf('Evidence') },
  StubList: { items: arrayOf('Stub') },
  UserList: { total: INTEGER, users: arrayOf('ShownUser') },
  Verification: { matched: INTEGER },
  Warning: { kind: { enum: ['deprecated', 'undocumented'] }, operation: TEXT, message: TEXT, count: INTEGER },
  WarningList: { items: arrayOf('Warning') },
};

/** The schemas of the control plane's results, by name. */
export const RESULT_SCHEMAS: Readonly<Record<string, Json>> = {
  ...Object.fromEntries(Object.entries(FIELDS).map(([name, fields]) => [name, objectOf(fields)])),
  ...OTHERS,
};

function objectOf(fields: Readonly<Record<string, Json | Optional>>): Json {
  const entries = Object.entries(fields);
  const isOptional = (schema: Json | Optional): schema is Optional => 'optional' in schema;
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, schema]) => [name, isOptional(schema) ? schema.optional : schema]),
    ),
    required: entries.filter(([, schema]) => !isOptional(schema)).map(([name]) => name),
  };
}

function settings(): Json {
  const types = { boolean: BOOLEAN, integer: { ...INTEGER, minimum: 1 }, rate: TEXT, providers: TEXT, text: TEXT };
  const entries = Object.entries(SETTINGS);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, { type, effect }]) => [name, { ...types[type], description: effect }]),
    ),
  };
}
