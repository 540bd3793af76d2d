/** A record as an answer prints it: keys in order. */
export type Fields = Readonly<Record<string, unknown>>;

/** The content of an answer, before a format writes it down. The keys of objects are those of the JSON format. */
export type Document =
  | { readonly user: Fields }
  | { readonly session: Fields }
  | (List & { readonly current_page: number; readonly per_page: number })
  | (List & { readonly limit: number; readonly skip: number })
  | { readonly users: readonly Fields[] }
  | { readonly count: number }
  /** Its fields are the document; XML names their element. */
  | { readonly account_settings: Fields }
  | ErrorDocument;

interface List {
  readonly total_entries: number;
  readonly items: readonly Fields[];
}

export type ErrorDocument =
  | { readonly errors: readonly string[] | Readonly<Record<string, readonly string[]>> }
  | { readonly code: null; readonly message: string };
