import { FINDINGS, VERDICTS } from './verdict.mjs';

const MOST_NAME = 48;
/** Of each verdict that is no finding; more would push the differences out of the terminal. */
const MOST_LISTED = 200;

const sorted = (rows) => rows.toSorted((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));

const outcome = ({ status, width, height, error }) =>
  status === 'completed' ? `${width}×${height}` : (error?.code ?? status);
const plain = ({ reads, width, height }) => (reads ? `${width}×${height}` : 'cannot read it');
const shorten = (name) => (name.length <= MOST_NAME ? name : `…${name.slice(1 - MOST_NAME)}`);

const line = (verdict, name, service, alone, apart, rest) =>
  `  ${verdict.padEnd(10)} ${name.padEnd(MOST_NAME)} ${service.padEnd(24)} ${alone.padEnd(14)} ${apart.padStart(5)}  ${rest}`.trimEnd();

/** Prints the pictures, differences first, and how many there are of each verdict. */
export const printTable = (rows) => {
  console.log(`\n${line('', 'file', 'service', 'sharp alone', 'ΔE', 'notes and reasons')}`);
  for (const verdict of VERDICTS) {
    const all = rows.filter((row) => row.verdict === verdict);
    const listed = FINDINGS.includes(verdict) ? all : all.slice(0, MOST_LISTED);
    for (const { name, image, alone, apart, why } of listed) {
      const rest = [(image.notes ?? []).join(', '), why].filter((part) => part !== '').join('; ');
      console.log(line(verdict, shorten(name), outcome(image), plain(alone), apart ? apart.mean.toFixed(1) : '', rest));
    }
    if (all.length > listed.length)
      console.log(`  … and ${all.length - listed.length} more ${verdict}; --json lists all`);
  }
  const counts = VERDICTS.map((verdict) => [rows.filter((row) => row.verdict === verdict).length, verdict]);
  const told = counts.filter(([count]) => count > 0).map(([count, verdict]) => `${count} ${verdict}`);
  console.log(`\n${rows.length} files: ${told.join(', ')}`);
};

/** The same as JSON, in the table's order; ΔE is CIE 1976, bytes and pixels are plain numbers. */
export const toJson = (rows, options) => {
  const files = sorted(rows).map(({ name, verdict, why, image, alone, apart }) => {
    const { status, error, notes, width, height, bytesIn, bytesOut } = image;
    return {
      name,
      verdict,
      why,
      service: { status, error, notes, width, height, bytesIn, bytesOut },
      sharp: alone,
      deltaE: apart,
    };
  });
  return `${JSON.stringify({ ...options, files }, null, 2)}\n`;
};
