import { pms } from '../pms.ts';
import { bytesOf, type AdapterHarness } from './harness.ts';

const SILENCE = ['', '{}', '[]', 'null', '{"success":true}', '<html></html>', '{"success":true,"data":[]}'];

export function pushCases(harness: AdapterHarness): void {
  const port = pms(harness.adapter);
  const account = { account: harness.account };
  const cases = (harness.pushes ?? []).map((each) => [each.name, each] as const);

  it('shows commands of every kind that it takes', () => {
    const shown = new Set(cases.flatMap(([, { commands }]) => commands.map(({ kind }) => kind)));
    expect([...shown].sort()).toEqual([...harness.adapter.push!.kinds].sort());
  });

  it.each(cases)('carries each command once, the same way each time: %s', (_name, { commands, answers }) => {
    const plans = port.pushRequests(commands, account);
    expect(plans.length).toBe(answers.length);
    expect(port.pushRequests(commands, account)).toEqual(plans);
    for (const plan of plans) expect(plan.operation).toMatch(/^[a-z][a-z-]{0,63}$/);
  });

  it.each(cases)('knows what became of each: %s', (_name, { commands, answers }) => {
    const plans = port.pushRequests(commands, account);
    plans.forEach((plan, index) => expect(port.pushed(plan, bytesOf(answers[index]!.body))).toEqual(answers[index]!.outcomes));
  });

  it.each(cases)('never takes silence for success: %s', (_name, { commands }) => {
    for (const plan of port.pushRequests(commands, account))
      for (const body of SILENCE) {
        const outcomes = port.pushed(plan, bytesOf(body));
        if (silenceIsSuccess(harness, body)) continue;
        expect(outcomes.map(({ kind }) => kind)).not.toContain('accepted');
      }
  });
}

/** Where a provider's whole word for success is one of the bodies above, its case must have shown it. */
function silenceIsSuccess({ pushes }: AdapterHarness, body: string): boolean {
  return (pushes ?? []).some(({ answers }) =>
    answers.some((answer) => JSON.stringify(answer.body) === body && answer.outcomes.some(({ kind }) => kind === 'accepted')),
  );
}
