import * as v from 'valibot';
import { EVENT_TYPES, type EventType } from '../../sandbox/event-feed.ts';
import { EventStream } from '../event-stream.ts';
import { defineOperation } from '../operation.ts';
import { EVENT_STREAM } from '../raw-response.ts';
import { strictFields, string } from '../schemas.ts';

const isEventType = (name: string): name is EventType => EVENT_TYPES.some((type) => type === name);

/** Names of types, as the query has them: `request,mail`. */
const types = v.pipe(
  string,
  v.transform((text) => text.split(',')),
  v.check((names) => names.every(isEventType), `must be some of ${EVENT_TYPES.join(',')}`),
  v.transform((names) => names.filter(isEventType)),
);

/** Live events. */
export const eventOperations = {
  events: defineOperation({
    method: 'GET',
    path: '/events',
    summary:
      'server-sent events: what happens from now on, or `after` the event with an id (also as `Last-Event-ID`); only some `types`',
    input: strictFields({ types: v.optional(types), after: v.optional(string) }),
    result: EVENT_STREAM,
    run: (sandbox, selection) => new EventStream(sandbox, selection),
  }),
};
