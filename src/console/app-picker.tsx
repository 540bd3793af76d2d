import type { ApplicationInfo } from '../control/results.ts';
import { useApplications } from './live.ts';
import { route, setParams } from './store.ts';
import { Field } from './ui.tsx';

/** The application chosen most recently, in any view. */
let lastChosen: string | undefined;

/** The application of this view: that of its address, that chosen most recently, or the default. Empty until they are known. */
export function useChosenApplication(): { app: string; apps: readonly ApplicationInfo[] | undefined } {
  return useApplications(route.value.params.app ?? lastChosen);
}

export function AppPicker({ app, apps }: ReturnType<typeof useChosenApplication>) {
  const choose = (id: string) => {
    lastChosen = id;
    setParams({ app: id, page: '' });
  };
  return (
    <Field label="Application">
      <select value={app} onChange={(event) => choose(event.currentTarget.value)}>
        {apps?.map(({ id, dialect }) => (
          <option key={id} value={id}>
            {id}, {dialect}
          </option>
        ))}
      </select>
    </Field>
  );
}
