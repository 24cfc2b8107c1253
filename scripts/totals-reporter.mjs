import { appendFileSync } from 'node:fs';

/** Adds each jest run's totals as one JSON line to the file that scripts/verb.mjs names, for the one line at the end of `npm test`. */
export default class TotalsReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.ROOMWIRE_TOTALS;
    if (!file) return;
    // A suite that did not even load has no tests of its own to count, but must not pass for nothing.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    appendFileSync(file, `${JSON.stringify({ passed: results.numPassedTests, failed, skipped })}\n`);
  }
}
