import escapeHtml from 'escape-html';

/** Markup, made by `html`. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** HTML from a template. Every value is escaped, also for use inside a quoted attribute, unless it is Html itself. */
export function html(parts: TemplateStringsArray, ...values: readonly (Html | string | number)[]): Html {
  const escaped = values.map((value) => (value instanceof Html ? value : escapeHtml(String(value))));
  return new Html(String.raw({ raw: parts }, ...escaped));
}
