import type { LiveEvent, LiveEvents } from '../control/live-events.ts';
import { messageOf } from '../support/errors.ts';

/** The server-sent events of an answer. */
export function readEvents({ body, url }: Response): LiveEvents {
  // not every browser iterates over bodies
  const reader = body?.getReader();
  const close = () => {
    // a connection that has broken off can't be closed
    reader?.cancel().catch(() => {});
  };
  return {
    close,
    async *[Symbol.asyncIterator]() {
      let rest = '';
      const decoder = new TextDecoder();
      try {
        for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
          const blocks = (rest + decoder.decode(chunk.value, { stream: true })).split('\n\n');
          rest = blocks.pop() ?? '';
          for (const block of blocks) {
            const event = parseEvent(block);
            if (event) yield event;
          }
        }
      } catch (error) {
        throw new Error(`the events of ${new URL(url).origin} broke off (${messageOf(error)})`);
      } finally {
        close();
      }
    },
  };
}

/** An event; undefined for a comment. The emulator writes each field on one line. */
function parseEvent(block: string): LiveEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return undefined;
  // the emulator writes the data that the type has
  return { id: fields.get('id'), type: fields.get('event'), data: JSON.parse(data) } as LiveEvent;
}
