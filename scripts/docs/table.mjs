/** A Markdown table with aligned columns, so that its source reads well and its diffs are by row. */
export const table = (header, rows) => {
  const escaped = [header, ...rows].map((cells) => cells.map((cell) => String(cell).replaceAll('|', '\\|')));
  const widths = header.map((_, column) => Math.max(3, ...escaped.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [first, ...others] = escaped;
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others.map(line)].join('\n');
};

export const code = (text) => `\`${text}\``;
