/** Loads the web console's page, which the build makes from `src/console/`: one text that contains its style and script. */
export async function loadConsolePage(): Promise<string> {
  const { default: page } = await import('../console/page.html');
  return page;
}
