import { collectors } from '../../collectors/index.ts';
import { inParallel } from '../../lib/parallel.ts';
import { type Place, nameOf, places, tryPlace } from './matrix.ts';

/**
 * `npm run test:faults -- [--full] [WORD…]`: a table of what each collector makes of each fault, and below it why. With
 * words, of the faults whose name holds them all, with `--full` on every command and for as many rounds as it takes.
 */
interface Result {
  readonly place: Place;
  readonly wrong: readonly string[];
}

const full = process.argv.includes('--full');
const words = process.argv.slice(2).filter((word) => word !== '--full');
const chosen = places(full).filter((place) => words.every((word) => nameOf(place).includes(word)));
const names = collectors.map(({ name }) => name);
const line = (cells: readonly string[]): string =>
  `${cells
    .map((cell, index) => cell.padEnd(index === 0 ? 48 : 18))
    .join(' ')
    .trimEnd()}\n`;
process.stdout.write(line(['fault', ...names]));
const results: Result[] = [];
await inParallel(chosen, 4, async (place) => {
  results.push({ place, wrong: place.reason === undefined ? await tryPlace(place, full) : [] });
  const ofRow = results.filter(({ place: { row } }) => row === place.row);
  // A row is shown once its last place was tried.
  if (ofRow.length < chosen.filter(({ row }) => row === place.row).length) return;
  const cells = names.map((name) => cellOf(ofRow.filter(({ place: { collector } }) => collector === name)));
  const tried = ofRow.find(({ place: { reason } }) => reason === undefined)?.place;
  const alike = tried?.row.alike ? `as ${tried.collector}` : 'not tried';
  process.stdout.write(line([place.row.name, ...cells.map((cell) => cell ?? alike)]));
});
for (const { place, wrong } of results) {
  const why = place.reason === undefined ? place.gap && `known gap: ${place.gap}` : `does not apply: ${place.reason}`;
  const lines = wrong.length > 0 ? wrong.map((one) => `FAILED, ${one}`) : why === undefined ? [] : [why];
  for (const one of lines) process.stdout.write(`${nameOf(place)}: ${one}\n`);
}
const failed = results.filter(({ wrong }) => wrong.length > 0).length;
const gaps = results.filter(({ place, wrong }) => place.gap !== undefined && wrong.length === 0).length;
process.stdout.write(
  `${results.length - failed - gaps} passed or do not apply, ${gaps} known gaps, ${failed} failed\n`,
);
process.exitCode = failed === 0 && results.length > 0 ? 0 : 1;

/** Of one fault and one collector, over its commands; undefined where none was tried. */
function cellOf(ofCell: readonly Result[]): string | undefined {
  if (ofCell.length === 0) return undefined;
  const count = (word: string, some: readonly Result[]): string[] =>
    some.length === 0 ? [] : [`${some.length} ${word}`];
  const failing = ofCell.filter(({ wrong }) => wrong.length > 0);
  const known = ofCell.filter(({ place, wrong }) => wrong.length === 0 && place.gap !== undefined);
  if (failing.length + known.length > 0) return [...count('FAILED', failing), ...count('known', known)].join(', ');
  if (ofCell.some(({ place }) => place.reason !== undefined)) return 'n/a';
  return 'passed';
}
