// The focus is never lost: when its element goes, by a live update or an action, a neighbour or what is around it gets the focus.

const CONTROLS = 'a[href], button, input, select, textarea, summary';
/** The elements of lists: when one goes, the next one takes its place. */
const ITEMS = 'tr, li';

/** The focused element and those around it, from the inside out. */
let path: readonly HTMLElement[] = [];

document.addEventListener('focusin', (event) => {
  path = event.composedPath().filter((each) => each instanceof HTMLElement);
});

function controlsIn(element: Element): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>(CONTROLS)];
}

/** The control at the same place in the item that followed the one that went, or in the one before it. */
function inNeighbour(lost: HTMLElement, records: readonly MutationRecord[]): HTMLElement | undefined {
  for (const { removedNodes, nextSibling, previousSibling } of records) {
    const item = [...removedNodes].find(
      (node) => node instanceof Element && node.matches(ITEMS) && node.contains(lost),
    );
    if (!(item instanceof Element)) continue;
    const neighbour = [nextSibling, previousSibling].find((each) => each instanceof Element && each.isConnected);
    if (neighbour instanceof Element) return controlsIn(neighbour)[controlsIn(item).indexOf(lost)];
  }
  return undefined;
}

new MutationObserver((records) => {
  const [lost] = path;
  if (!lost || lost.isConnected || document.activeElement !== document.body) return;
  const around = path.find((each) => each.isConnected && each.hasAttribute('tabindex'));
  (inNeighbour(lost, records) ?? around)?.focus({ preventScroll: true });
}).observe(document.body, { childList: true, subtree: true });
