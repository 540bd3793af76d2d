/** A record as an answer prints it: keys in order. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * The content of an answer, before a format writes it down. The keys of objects are those of the JSON format.
 * @typeParam U a user in it: its fields, or its text
 */
export type Document<U = Fields> =
  | { readonly user: U }
  | { readonly session: Fields }
  | (List<{ readonly user: U }> & { readonly current_page: number; readonly per_page: number })
  | (List<U> & { readonly limit: number; readonly skip: number })
  | { readonly users: readonly U[] }
  | { readonly count: number }
  /** Its fields are the document; XML names their element. */
  | { readonly account_settings: Fields }
  | ErrorDocument;

interface List<I> {
  readonly total_entries: number;
  readonly items: readonly I[];
}

export type ErrorDocument =
  | { readonly errors: readonly string[] | Readonly<Record<string, readonly string[]>> }
  | { readonly code: null; readonly message: string };
