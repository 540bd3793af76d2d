import { Marked, type Token, type Tokens } from 'marked';
import { Html, html } from '../support/html.ts';

/** A page of the documentation with what surrounds it. */
interface Page {
  /** Below the documentation: `guides/time`. */
  readonly path: string;
  readonly markdown: string;
  /** The Markdown of the index, from which the navigation is made. */
  readonly index: string;
}

const STYLE = `:root{color-scheme:light dark;--line:light-dark(#d5dae1,#39424e);--soft:light-dark(#f4f6f8,#1c2229);--accent:light-dark(#0b5cad,#7db8ff)}
*{box-sizing:border-box}body{font:16px/1.55 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:17rem minmax(0,1fr);background:light-dark(#fff,#13171c);color:light-dark(#1b2026,#dfe4ea)}
nav{order:-1;position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem 1rem;border-right:1px solid var(--line);font-size:.9rem}nav ul{list-style:none;margin:0 0 1rem;padding:0}nav li{padding:.12rem 0}nav p{margin:.8rem 0 .2rem}.pages{display:none}
main{padding:1rem 2rem 4rem;max-width:62rem}h1,h2,h3{line-height:1.25}h2{margin-top:2.2rem}a{color:var(--accent)}a[aria-current]{font-weight:600;color:inherit;text-decoration:none}
code,pre{font:.875em/1.5 ui-monospace,monospace}code{background:var(--soft);padding:.1em .3em;border-radius:4px;overflow-wrap:anywhere}pre{background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;overflow:auto}pre code{padding:0;background:none;font-size:1em;overflow-wrap:normal}
.table{overflow-x:auto}.table code{overflow-wrap:normal}table{border-collapse:collapse;font-size:.92rem}th,td{border:1px solid var(--line);padding:.35rem .6rem;text-align:left;vertical-align:top}th{background:var(--soft)}
@media(max-width:60rem){body{display:block}nav{position:static;height:auto;border:0;border-top:1px solid var(--line)}.pages{display:inline}main{padding:1rem}}`;

/** The anchor of a heading, as Git hosts make it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Markdown as HTML. Links to other pages lead to their HTML; links to files that the package lacks are plain text. */
const MARKED = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      if (/^(https?:|#)/.test(href)) return String(html`<a href="${href}">${new Html(text)}</a>`);
      const [, page, anchor = ''] =
        /^((?:\.\.\/[a-z]+\/)?[a-z-]+)\.md(#.*)?$/.exec(href.replace('../README', '../guides/index')) ?? [];
      return page === undefined ? text : String(html`<a href="${page}${anchor}">${new Html(text)}</a>`);
    },
    // pictures are not in the package
    image: () => '',
    // comments say how tests check the block that follows
    html: () => '',
    // wide code and tables scroll, also by keyboard
    code: ({ text }) => String(html`<pre tabindex="0"><code>${text}</code></pre>\n`),
    table(token) {
      const row = (cells: Tokens.TableCell[], tag: string) =>
        `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
      const body = token.rows.map((cells) => row(cells, 'td')).join('\n');
      return `<div class="table" tabindex="0"><table><thead>${row(token.header, 'th')}</thead><tbody>\n${body}\n</tbody></table></div>\n`;
    },
  },
});

/** A page of the documentation as a whole document: without a script, and with the navigation. */
export function renderPage({ path, markdown, index }: Page): string {
  const tokens = MARKED.lexer(markdown);
  const title = tokens.find(isHeading)?.text ?? path;
  return String(html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · users-emulator</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
<main>
<a class="pages" href="#pages">All pages</a>
${new Html(MARKED.parser(tokens))}</main>
<nav id="pages" aria-label="All pages">
${new Html(navigation(index, path))}</nav>
</html>
`);
}

const isHeading = (token: Token): token is Tokens.Heading => token.type === 'heading';

/** The headings and lists of the index, without the descriptions; its own heading leads to it. */
function navigation(index: string, current: string): string {
  const lines = index.match(/^(#+ .*|- \[[^\]]*\]\([^)]*\))/gm) ?? [];
  const short = lines.map((line) =>
    line.replace(/^# (.*)/, '**[$1](../README.md)**').replace(/^## (.*)/, '\n**$1**\n'),
  );
  const markup = MARKED.parse(short.join('\n'), { async: false });
  return markup.replace(`href="../${current}"`, `$& aria-current="page"`);
}
