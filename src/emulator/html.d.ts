/** A page, built to one text: see scripts/console.mjs. */
declare module '*.html' {
  const text: string;
  export default text;
}
