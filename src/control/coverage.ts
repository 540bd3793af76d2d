import type { ErrorRow } from '../model/error-catalogue.ts';
import type { Evidence } from '../model/evidence.ts';

/** The emulated operations, errors and settings, with their evidence. */
export interface Coverage {
  readonly endpoints: EndpointCoverage[];
  readonly errors: ErrorCoverage[];
  readonly settings: SettingCoverage[];
  /** Paths of the services' other modules, which answer 501. */
  readonly not_emulated: string[];
  /** The stubs of the ready set `app-boot`. */
  readonly app_boot: StubCoverage[];
}

export interface StubCoverage {
  readonly match: string;
  readonly evidence: readonly Evidence[];
}

export interface EndpointCoverage {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly deprecated: boolean;
  readonly evidence: readonly Evidence[];
}

export interface ErrorCoverage extends ErrorRow {
  readonly key: string;
  /** The dialect whose own wording this is; undefined for the catalogue that all share. */
  readonly dialect?: string | undefined;
}

export interface SettingCoverage {
  readonly name: string;
  readonly effect: string;
  readonly evidence: readonly Evidence[];
}
