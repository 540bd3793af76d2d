/** Loads the web console's page, which the build makes from `src/console/`: one text with its style and script inside. */
export async function loadConsolePage(): Promise<string> {
  const { default: page } = await import('../console/page.html');
  return page;
}
