import { PmsError } from '../error.ts';
import { pms } from '../pms.ts';
import type { PushCommand } from '../push.ts';
import { accountOf, attempt, bytesOf, HOSTILE_IDS, type AdapterHarness, type PushCase } from './harness.ts';

const SILENCE = [
  '',
  '{}',
  '[]',
  'null',
  '<html></html>',
  '{"success":true}',
  '{"success":true,"data":[]}',
  '{"status":"success"}',
  '{"status":"success","result":[]}',
];
const ID_FIELDS = ['unitType', 'ratePlan', 'conversation', 'unit', 'task'] as const;

export function pushCases(harness: AdapterHarness): void {
  const port = pms(harness.adapter);
  const account = accountOf(harness);
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

  it.each(cases)('never takes silence for success: %s', (_name, each) => {
    for (const plan of port.pushRequests(each.commands, account))
      for (const body of SILENCE.filter((silence) => !isSuccess(harness, each, silence)))
        expect({ body, outcomes: port.pushed(plan, bytesOf(body)).filter(({ kind }) => kind === 'accepted') }).toEqual({
          body,
          outcomes: [],
        });
  });

  it.each(cases)('lets no id climb out of its place: %s', (_name, { commands: [command] }) => {
    const segments = (text: string) => text.split(/[?#]/)[0]!.split('/').length;
    const names = (text: string) => [...new URL(text, 'http://base').searchParams.keys()];
    const [plain] = port.pushRequests([command!], account);
    for (const field of ID_FIELDS.filter((name) => typeof command![name as keyof PushCommand] === 'string'))
      for (const id of HOSTILE_IDS) {
        const outcome = attempt(() => port.pushRequests([{ ...command!, [field]: id }], account)[0]!.path);
        if (outcome instanceof PmsError) expect(outcome.code).toBe('invalid-request');
        else expect([segments(outcome), names(outcome)]).toEqual([segments(plain!.path), names(plain!.path)]);
      }
  });
}

/** One of the bodies above may be the provider's whole word for success: a case of the same kind must have shown it. */
function isSuccess({ pushes = [] }: AdapterHarness, { commands: [command] }: PushCase, silence: string): boolean {
  return pushes
    .filter((each) => each.commands[0]?.kind === command?.kind)
    .flatMap(({ answers }) => answers)
    .some(({ body, outcomes }) => JSON.stringify(body) === silence && outcomes.some(({ kind }) => kind === 'accepted'));
}
