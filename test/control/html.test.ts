import { expect, test } from 'vitest';
import { html } from '../../src/support/html.ts';

test('values are escaped, as text and inside quoted attributes', () => {
  const name = `<img src="x" onerror='run()'> & co`;
  expect(String(html`<p title="${name}">${name}</p>`)).toBe(
    '<p title="&lt;img src=&quot;x&quot; onerror=&#39;run()&#39;&gt; &amp; co">' +
      '&lt;img src=&quot;x&quot; onerror=&#39;run()&#39;&gt; &amp; co</p>',
  );
  expect(String(html`${7}`)).toBe('7');
});

test('markup inside markup is inserted as it is, its own values escaped once', () => {
  const inner = html`<b>${'<'}</b>`;
  expect(String(html`<p>${inner}${html``}</p>`)).toBe('<p><b>&lt;</b></p>');
});

test('a text that only looks like markup is escaped', () => {
  expect(String(html`${String(html`<b>`)}`)).toBe('&lt;b&gt;');
});

test('the template itself is taken as it is written: escapes of the language are read, entities are not', () => {
  expect(String(html`a\n&amp;`)).toBe('a\n&amp;');
});
