/** A Markdown table whose columns line up, for terminals and diffs. */
export const table = (header, rows) => {
  const lines = [header, ...rows].map((cells) => cells.map(String));
  const widths = header.map((_, column) => Math.max(3, ...lines.map((cells) => (cells[column] ?? '').length)));
  const line = (cells) => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [head, ...body] = lines;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
};

const sectionOf = ({ title, parts }) => `## ${title}\n\n${parts.join('\n\n')}\n`;

/** The whole file of results. */
export const resultsFile = ({ machine, command, sections, minutes }) =>
  [
    '# Results of `npm run bench`',
    '',
    `One run of \`${command}\`, ${minutes.toFixed(0)} minutes. How each figure is made and read is told in [README.md](README.md).`,
    'Figures with brackets are `median (min–max)` over the rounds of this run.',
    '',
    table(['Machine', ''], machine),
    '',
    ...sections.map(sectionOf),
  ].join('\n');
