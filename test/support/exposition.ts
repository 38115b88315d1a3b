/** One line of a scrape that carries a value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (\\S.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary)$`);
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? ([+-]?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|Inf))$`,
);
const SUFFIXES: Readonly<Record<string, RegExp>> = {
  counter: /^$/,
  gauge: /^$/,
  histogram: /^_(bucket|sum|count)$/,
  summary: /^(_sum|_count)?$/,
};

/**
 * Reads Prometheus' text format 0.0.4, and takes nothing that is merely like it: each family once, HELP and TYPE before
 * its samples, names by its type, no series twice, no NaN, histograms that add up.
 * @throws Error at the first line that is wrong
 */
export const parseExposition = (text: string): Map<string, Family> => {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, Family & { samples: Sample[] }>();
  const seen = new Set<string>();
  let help: string | null = null;
  let family: (Family & { samples: Sample[] }) | null = null;
  for (const line of text.split('\n')) {
    const fault = (what: string): Error => new Error(`${what}: ${line}`);
    if (line === '') continue;
    if (line.startsWith('# HELP ')) {
      const name = HELP.exec(line)?.[1];
      if (name === undefined || families.has(name)) throw fault('not one HELP');
      help = name;
    } else if (line.startsWith('# TYPE ')) {
      const [, name = '', type = ''] = TYPE.exec(line) ?? [];
      if (name === '' || name !== help) throw fault('not the TYPE of the HELP above');
      family = { name, type, samples: [] };
      families.set(name, family);
    } else {
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      if (family === null || !name.startsWith(family.name)) throw fault('not a sample of the family');
      if (SUFFIXES[family.type]?.test(name.slice(family.name.length)) !== true) throw fault('not a name of this type');
      const sample = { name, labels: labelsOf(labels), value: Number(value.replace('Inf', 'Infinity')) };
      const series = `${name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(series)) throw fault('a series twice');
      seen.add(series);
      if (family.type === 'counter' && sample.value < 0) throw fault('a counter below 0');
      family.samples.push(sample);
    }
  }
  for (const each of families.values()) if (each.type === 'histogram') assertAddsUp(each);
  return families;
};

const labelsOf = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  for (const [label] of text.matchAll(new RegExp(LABEL, 'g'))) {
    const at = label.indexOf('=');
    const name = label.slice(0, at);
    if (name in labels) throw new Error(`a label twice: ${text}`);
    labels[name] = JSON.parse(label.slice(at + 1));
  }
  return labels;
};

/** Buckets never fall, the last is +Inf, and it holds as many as were counted. */
const assertAddsUp = ({ name, samples }: Family): void => {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _, ...rest } = sample.labels;
    const key = JSON.stringify(Object.entries(rest).sort());
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, own] of series) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number(labels.le?.replace('Inf', 'Infinity')));
    const rising = (values: readonly number[]) => values.every((value, at) => value >= (values[at - 1] ?? 0));
    const count = own.find((sample) => sample.name === `${name}_count`)?.value;
    const whole = bounds.at(-1) === Number.POSITIVE_INFINITY && buckets.at(-1)?.value === count;
    if (!whole || !rising(bounds) || !rising(buckets.map(({ value }) => value))) {
      throw new Error(`the histogram ${name} ${key} does not add up`);
    }
  }
};

/** A scrape of a running service, with ways to ask for single values. */
export interface Scrape {
  readonly families: Map<string, Family>;
  /** The value of the one series; undefined when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

export const readScrape = (text: string): Scrape => {
  const families = parseExposition(text);
  const samples = [...families.values()].flatMap((family) => family.samples);
  return {
    families,
    value: (name, labels = {}) =>
      samples.find(
        (sample) =>
          sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      )?.value,
  };
};

export const scrape = async (url: string): Promise<Scrape> => {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  return readScrape(await response.text());
};
