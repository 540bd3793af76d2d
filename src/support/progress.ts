/** Reports how much of a long task is done, such as 3,000 of 100,000 users. */
export type Progress = (task: 'loading' | 'writing', done: number, total: number) => void;

/** How many items are done between two reports. */
export const PROGRESS_STEP = 1000;
