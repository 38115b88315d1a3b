/** A Markdown table with aligned columns, for terminals and diffs. */
export const table = (header, rows) => {
  const lines = [header, ...rows].map((cells) => cells.map(String));
  const widths = header.map((_, column) => Math.max(3, ...lines.map((cells) => (cells[column] ?? '').length)));
  const line = (cells) => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [head, ...body] = lines;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
};

const sectionOf = ({ title, parts }) => `## ${title}\n\n${parts.join('\n\n')}\n`;

/** The content of the results file. */
export const resultsFile = ({ machine, command, sections, minutes }) =>
  [
    '# Results of `npm run bench`',
    '',
    `One run of \`${command}\`, ${minutes.toFixed(0)} minutes. See [README.md](README.md) for how each figure is measured and read.`,
    'Figures with brackets are `median (min–max)` over the rounds of this run.',
    '',
    table(['Machine', ''], machine),
    '',
    ...sections.map(sectionOf),
  ].join('\n');
