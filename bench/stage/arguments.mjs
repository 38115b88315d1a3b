import { parseArgs } from 'node:util';
import { SetupError } from '../../scripts/prepare.mjs';

const USAGE = `npm run bench -- [--only NAME,NAME] [--engine ENGINE] [--quick] [--out FILE] [--set NAME.SIZE=NUMBER] [--env NAME=VALUE]
  --only   which benchmarks, for example throughput,ingest, or goals for all that a goal is set for; default: all
  --engine embedded: the Python engine, which needs nothing installed but Python; fastest: BENCH_MONGODB_URI, or mongod or
           secantusd-rs on PATH; default: what npm start would use
  --quick  small sizes: shows that it runs, its figures mean little
  --out    writes the results as Markdown, for example bench/results.md; sections of other runs in that file are kept
  --set    changes one size, for example throughput.rounds=7; may be repeated
  --env    a setting of the service that is not its default, for example TASKS_PER_THREAD=8; may be repeated`;

const readSizes = (settings, names) => {
  const sizes = new Map();
  for (const setting of settings) {
    const [, name, size, value] = /^([\w-]+)\.(\w+)=(\d+)$/.exec(setting) ?? [];
    if (!names.includes(name)) throw new SetupError(`--set ${setting} is not NAME.SIZE=NUMBER\n${USAGE}`);
    sizes.set(name, { ...sizes.get(name), [size]: Number(value) });
  }
  return sizes;
};

const readSettings = (settings) =>
  Object.fromEntries(
    settings.map((setting) => {
      const [, name, value] = /^([A-Z\d_]+)=(.*)$/.exec(setting) ?? [];
      if (name === undefined) throw new SetupError(`--env ${setting} is not NAME=VALUE\n${USAGE}`);
      return [name, value];
    }),
  );

const ENGINES = ['embedded', 'fastest'];

/**
 * @param names of all benchmarks, in order
 * @param groups names that stand for several benchmarks
 */
export const readArguments = (args, names, groups) => {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        only: { type: 'string' },
        engine: { type: 'string' },
        quick: { type: 'boolean', default: false },
        out: { type: 'string' },
        set: { type: 'string', multiple: true, default: [] },
        env: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new SetupError(`${error.message}\n${USAGE}`);
  }
  if (values.help) throw new SetupError(USAGE);
  if (values.engine !== undefined && !ENGINES.includes(values.engine)) {
    throw new SetupError(`--engine ${values.engine} is neither of ${ENGINES.join(', ')}\n${USAGE}`);
  }
  const only =
    values.only
      ?.split(',')
      .filter(Boolean)
      .flatMap((name) => groups[name] ?? [name]) ?? names;
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(
      `No benchmark is called ${unknown.join(', ')}. There are: ${[...Object.keys(groups), ...names].join(', ')}\n${USAGE}`,
    );
  }
  return {
    only,
    engine: values.engine,
    quick: values.quick,
    out: values.out,
    sizes: readSizes(values.set, names),
    settings: readSettings(values.env),
  };
};
