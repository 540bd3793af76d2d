import { isUserField, USER_FIELDS } from '../model/fields.ts';
import { readFilters } from '../query/v1.ts';
import { cut } from '../support/printable.ts';

/** The documents' names for types of fields in a filter. doc: users/retrieve-users-v1, `number`, `string`, `date`. */
const FILTER_TYPES = { integer: 'number', string: 'string', tags: 'string', date: 'date' } as const;
/** doc: users/retrieve-users-v1, the table of operators with its misprint `eg`. */
const FILTER_OPERATORS = ['gt', 'lt', 'ge', 'le', 'eq', 'eg', 'ne', 'between', 'in'];

/**
 * The undocumented parts of a `filter` parameter, one text for each. log: js-sdk-releases#80, where a filter's type isn't
 * the field's, the real service may find nothing, without an error.
 * @param dates the form in which the service's documents want dates; undefined: they don't say
 */
export function undocumentedFilters(given: unknown, dates: RegExp | undefined): string[] {
  return readFilters(given).flatMap(({ type, field, operator, value }) => {
    if (!isUserField(field)) return [];
    const documented = FILTER_TYPES[USER_FIELDS[field].type];
    const shown = `filter '${cut(type, 40)} ${field} ${cut(operator, 40)}'`;
    const findings: string[] = [];
    // the documents themselves call the ids of other services sometimes a number, sometimes a text
    if (documented !== type && !(type === 'number' && field.endsWith('_id')))
      findings.push(`${shown}, but ${field} is a ${documented}`);
    if (!FILTER_OPERATORS.includes(operator)) findings.push(`${shown}: an operator that is not in the documents`);
    if (documented === 'date' && dates && !value.split(',').every((each) => dates.test(each.trim())))
      findings.push(`${shown}: a date that is not written as in the documents`);
    return findings;
  });
}
