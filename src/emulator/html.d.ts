/** A page, built to one text: see scripts/build/console.mjs. */
declare module '*.html' {
  const text: string;
  export default text;
}
