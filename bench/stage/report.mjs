/** A Markdown table with aligned columns, for terminals and diffs. */
export const table = (header, rows) => {
  const lines = [header, ...rows].map((cells) => cells.map(String));
  const widths = header.map((_, column) => Math.max(3, ...lines.map((cells) => (cells[column] ?? '').length)));
  const line = (cells) => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [head, ...body] = lines;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
};

const FIRST_LINE = '# Results of `npm run bench`';

const sectionOf = ({ title, parts, source }) =>
  `## ${title}\n\n${[...parts, ...(source === undefined ? [] : [`_${source}._`])].join('\n\n')}\n`;

/** The goals first, then by the numbers in the titles; the same number by engine. */
const placeOf = ({ title }) => (title.startsWith('Goals') ? 0 : Number(/^\d+/.exec(title)?.[0] ?? 999));

/** The sections of an earlier results file, as they are; none if it is something else. */
const readSections = (text) =>
  text.startsWith(FIRST_LINE)
    ? text
        .split(/^## /m)
        .slice(1)
        .map((section) => {
          const end = section.indexOf('\n');
          return { title: section.slice(0, end), parts: [section.slice(end).trim()] };
        })
    : [];

/**
 * The content of the results file: the sections of this run, each with the command that measured it, and those of an earlier
 * file that this run did not measure.
 * @param earlier content of the file so far, or ''
 */
export const resultsFile = ({ machine, source, sections, earlier }) => {
  const titles = new Set(sections.map(({ title }) => title));
  const kept = readSections(earlier).filter(({ title }) => !titles.has(title));
  const all = [...sections.map((section) => ({ ...section, source })), ...kept];
  return [
    FIRST_LINE,
    '',
    'Each section names the run that measured it. See [README.md](README.md) for how each figure is measured and read.',
    'Figures with brackets are `median (min–max)` over the rounds of one run. The machine of the newest run:',
    '',
    table(['Machine', ''], machine),
    '',
    ...all.sort((one, other) => placeOf(one) - placeOf(other) || one.title.length - other.title.length).map(sectionOf),
  ].join('\n');
};
