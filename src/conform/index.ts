// The command loads these when it runs.
export { conform, plannedCalls } from './conform.ts';
export { findingLine, plannedLines, summaryOf } from './report.ts';
