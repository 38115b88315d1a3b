import { waitFor } from './wait-for.ts';

/** A line of a scrape with a value. */
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
 * Strict parser of Prometheus' text format 0.0.4: each family once, HELP and TYPE before its samples, sample names that
 * match the type, no duplicate series, no NaN, consistent histograms.
 * @throws Error at the first invalid line
 */
export const parseExposition = (text: string): Map<string, Family> => {
  if (!text.endsWith('\n')) throw new Error('the last line has no newline');
  const families = new Map<string, Family & { samples: Sample[] }>();
  const seen = new Set<string>();
  let help: string | null = null;
  let family: (Family & { samples: Sample[] }) | null = null;
  for (const line of text.split('\n')) {
    const invalid = (what: string): Error => new Error(`${what}: ${line}`);
    if (line === '') continue;
    if (line.startsWith('# HELP ')) {
      const name = HELP.exec(line)?.[1];
      if (name === undefined || families.has(name)) throw invalid('missing or duplicate HELP');
      help = name;
    } else if (line.startsWith('# TYPE ')) {
      const [, name = '', type = ''] = TYPE.exec(line) ?? [];
      if (name === '' || name !== help) throw invalid('no TYPE that matches the HELP above');
      family = { name, type, samples: [] };
      families.set(name, family);
    } else {
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      if (family === null || !name.startsWith(family.name)) throw invalid('not a sample of this family');
      if (SUFFIXES[family.type]?.test(name.slice(family.name.length)) !== true)
        throw invalid('not a sample name of this type');
      const sample = { name, labels: labelsOf(labels), value: Number(value.replace('Inf', 'Infinity')) };
      const series = `${name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(series)) throw invalid('duplicate series');
      seen.add(series);
      if (family.type === 'counter' && sample.value < 0) throw invalid('a counter below 0');
      family.samples.push(sample);
    }
  }
  for (const each of families.values()) if (each.type === 'histogram') assertConsistent(each);
  return families;
};

const labelsOf = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  for (const [label] of text.matchAll(new RegExp(LABEL, 'g'))) {
    const at = label.indexOf('=');
    const name = label.slice(0, at);
    if (name in labels) throw new Error(`duplicate label: ${text}`);
    labels[name] = JSON.parse(label.slice(at + 1));
  }
  return labels;
};

/** Buckets never decrease, and the last one is +Inf with the total count. */
const assertConsistent = ({ name, samples }: Family): void => {
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
      throw new Error(`the histogram ${name} ${key} is inconsistent`);
    }
  }
};

/** A scrape of a running service, with access to single values. */
export interface Scrape {
  readonly families: Map<string, Family>;
  /** The value of a series; undefined if there is none. */
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

/** Scrapes until the expected values appear: counters follow what clients see, and a text is cached for 0.1 s. */
export const scrapeUntil = (url: string, expected: (scrape: Scrape) => boolean): Promise<Scrape> =>
  waitFor(async () => {
    const seen = await scrape(url);
    return expected(seen) && seen;
  });
