import { readFileSync } from 'node:fs';
import { facetNames, KINDS, PIPELINE_OF, SUBJECT_FIELDS } from '@roomwire/events';
import { tenantStreams } from '@roomwire/jetstream';

/** Rows of the first table of a document, cells as plain text. */
function table(document: string): string[][] {
  const text = readFileSync(new URL(`../../docs/${document}`, import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
const plain = (cell: string): string => cell.replaceAll('`', '');

describe('docs/subjects.md', () => {
  it('lists every family with its tokens in their order, and no other', () => {
    const documented = table('subjects.md').map(([family, tokens]) => [plain(family!), plain(tokens!).split(' ')]);

    expect(Object.fromEntries(documented)).toEqual(SUBJECT_FIELDS);
  });

  it('puts every family into the stream that takes it, with its retention', () => {
    const streams = tenantStreams('t').flatMap(({ name, subjects, retention }) =>
      subjects.map((subject) => [
        subject.split('.')[2],
        name.replace(/_t$/, '_<t>'),
        retention === 'workqueue' ? 'work-queue' : 'limits',
      ]),
    );

    expect(table('subjects.md').map(([family, , stream, retention]) => [plain(family!), plain(stream!), retention])).toEqual(
      expect.arrayContaining(streams),
    );
    expect(table('subjects.md')).toHaveLength(streams.length);
  });
});

describe('docs/events.md', () => {
  it('lists every facet of every kind, and its pipeline', () => {
    const documented = table('events.md').map(([kind, facet, , pipeline]) => [plain(kind!), plain(facet!), pipeline]);

    expect(documented).toEqual(KINDS.flatMap((kind) => facetNames(kind).map((facet) => [kind, facet, PIPELINE_OF[kind]])));
  });
});
