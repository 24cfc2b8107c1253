import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPins, repin } from './pins.ts';

describe("the floor's pins", () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'roomwire-pins-'));
    writeFileSync(join(folder, 'gateway.mjs'), 'fast();\n');
    writeFileSync(join(folder, 'registry.mjs'), 'faster();\n');
    repin(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('fit the floor that is here', () => {
    expect(() => checkPins()).not.toThrow();
  });

  it('stop a bench on a changed file, and name it and the way out', () => {
    writeFileSync(join(folder, 'registry.mjs'), 'slower();\n');

    expect(() => checkPins(folder)).toThrow(/registry\.mjs\. .*--repin/);
    expect(() => checkPins(folder)).not.toThrow(/gateway/);
  });

  it('stop it on a file more or less', () => {
    writeFileSync(join(folder, 'another.mjs'), '');
    rmSync(join(folder, 'gateway.mjs'));

    expect(() => checkPins(folder)).toThrow(/another\.mjs, gateway\.mjs/);
  });

  it('are made anew on purpose', () => {
    writeFileSync(join(folder, 'registry.mjs'), 'slower();\n');
    repin(folder);

    expect(() => checkPins(folder)).not.toThrow();
  });
});
