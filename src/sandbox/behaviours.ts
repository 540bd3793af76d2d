import type { OperationName } from '../api/operation-names.ts';
import type { Params } from '../core/context.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { ERRORS, type ErrorRow } from '../model/error-catalogue.ts';
import type { Problem } from '../model/errors.ts';
import { type Evidence, evidenceOfPart, namesPart, own, weakestSource } from '../model/evidence.ts';
import type { Settings } from '../model/records.ts';
import { SETTING_NAMES, SETTINGS } from '../model/settings.ts';

/** A behaviour that answers rest on: an operation, an error, or a setting that decided; or a fault or stub in place of one. */
export interface Behaviour {
  /**
   * `operation:users.create`, `error:taken`, `setting:rate_limit`, `fault:users.create`, `stub:dialogs`. Where evidence speaks of a
   * part alone, that follows: `error:taken:login`. A second route of an operation has it in parentheses.
   */
  readonly of: string;
  /** The dialect whose own error it is. */
  readonly dialect: string | undefined;
  readonly evidence: readonly Evidence[];
  /** Of the text of an error, which is judged apart. */
  readonly wording: readonly Evidence[];
}

const NO_WORDING: readonly Evidence[] = [];

function behaviour(of: string, evidence: readonly Evidence[]): Behaviour {
  return { of, dialect: undefined, evidence, wording: NO_WORDING };
}

/** A row of the table of endpoints, or the login to the chat. */
export interface OperationRow {
  readonly operation: OperationName;
  readonly method: string;
  readonly path: string;
  readonly alias?: true;
  readonly evidence: readonly Evidence[];
  readonly uses?: (params: Params) => readonly string[];
}

/** The facts of a request that say on which behaviours its answer rests. */
export interface AnswerFacts {
  /** undefined: no operation, or none that the service has. */
  readonly row: OperationRow | undefined;
  readonly params: Params;
  readonly problems: readonly Problem[];
  readonly dialect: Dialect;
  /** The application's own settings. */
  readonly settings: Partial<Settings> | undefined;
  /** The caller has an API key. */
  readonly hasApiKey: boolean;
}

/** The behaviours on which an answer of a rule rests. Most answers share their list: it is not to be changed. */
export function behavioursOf(facts: AnswerFacts): readonly Behaviour[] {
  const { row, params, problems, dialect, settings, hasApiKey } = facts;
  const ofOperation = row ? operationBehaviours(row, params) : NONE;
  const deciding = settings ? ownSettings(dialect, settings) : NO_SETTINGS;
  if (problems.length === 0 && deciding.length === 0) return ofOperation;
  const ofErrors = problems.map((problem) => errorBehaviour(dialect, problem));
  const ownError = ofErrors.find(({ evidence }) => weakestSource(evidence) === 'own');
  if (ownError) return [ownError];
  const decided = (ofErrors.length > 0 ? ofErrors : ofOperation).map(({ of }): string => of);
  const ofSettings = deciding.filter((name) =>
    name === 'api_key' ? hasApiKey : SETTINGS[name].decides.some((each) => decided.includes(each)),
  );
  return [...ofOperation, ...new Set(ofErrors), ...ofSettings.map(settingBehaviour)];
}

/** An answer of a stub. */
export function stubBehaviours(name: string): readonly Behaviour[] {
  return [behaviour(`stub:${name}`, [own('a stub')])];
}

/** The answer of a fault, or a connection that it dropped. @param operation undefined: none of the emulator's */
export function faultBehaviours(operation: string | undefined): readonly Behaviour[] {
  return [behaviour(`fault:${operation ?? 'any'}`, [own('an injected fault')])];
}

const NONE: readonly Behaviour[] = [];
const NO_SETTINGS: readonly (keyof Settings)[] = [];

const ofOperationRows = new Map<OperationRow, readonly Behaviour[]>();

function operationBehaviours(row: OperationRow, params: Params): readonly Behaviour[] {
  let known = ofOperationRows.get(row);
  if (!known) {
    known = [behaviour(nameOf(row), evidenceOfPart(row.evidence, undefined))];
    ofOperationRows.set(row, known);
  }
  const uses = row.uses?.(params) ?? NO_USES;
  if (uses.length === 0) return known;
  return [...known, ...[...new Set(uses)].map((use) => behaviour(`${nameOf(row)}:${use}`, piecesNaming(row, use)))];
}

const NO_USES: readonly string[] = [];

function nameOf({ operation, method, path, alias }: OperationRow): string {
  return `operation:${operation}${alias ? ` (${method} ${path})` : ''}`;
}

function piecesNaming({ evidence }: OperationRow, use: string): readonly Evidence[] {
  return evidence.filter((piece) => namesPart([piece], use));
}

const ofErrorRows = new WeakMap<ErrorRow, Map<string, Behaviour>>();

/** One of the few behaviours that an error has: one for each field that its evidence names, and one for all others. */
function errorBehaviour(dialect: Dialect, { key, params }: Problem): Behaviour {
  const dialectRow = dialect.errors[key];
  const row = dialectRow ?? ERRORS[key];
  const { rule, wording } = row.evidence;
  const field = String(params.field ?? '');
  const part = namesPart(rule, field) || namesPart(wording, field) ? field : '';
  const ofRow = ofErrorRows.get(row) ?? new Map<string, Behaviour>();
  ofErrorRows.set(row, ofRow);
  const known = ofRow.get(part) ?? {
    of: part === '' ? `error:${key}` : `error:${key}:${part}`,
    dialect: dialectRow && dialect.name,
    evidence: evidenceOfPart(rule, part),
    wording: evidenceOfPart(wording, part),
  };
  ofRow.set(part, known);
  return known;
}

const ofSettingRows = new Map<keyof Settings, Behaviour>();

function settingBehaviour(name: keyof Settings): Behaviour {
  const known = ofSettingRows.get(name) ?? behaviour(`setting:${name}`, SETTINGS[name].evidence);
  ofSettingRows.set(name, known);
  return known;
}

const ownSettingsOf = new WeakMap<Partial<Settings>, readonly (keyof Settings)[]>();

/** The settings of an application that differ from the defaults of its service. */
function ownSettings(dialect: Dialect, settings: Partial<Settings>): readonly (keyof Settings)[] {
  let names = ownSettingsOf.get(settings);
  if (!names) {
    names = SETTING_NAMES.filter((name) => name in settings && settings[name] !== dialect.settings[name]);
    ownSettingsOf.set(settings, names);
  }
  return names;
}
