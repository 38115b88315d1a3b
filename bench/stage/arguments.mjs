import { parseArgs } from 'node:util';
import { SetupError } from '../../scripts/prepare.mjs';

const USAGE = `npm run bench -- [--only NAME,NAME] [--quick] [--out FILE] [--set NAME.SIZE=NUMBER] [--env NAME=VALUE]
  --only   which benchmarks, for example throughput,ingest; default: all
  --quick  small sizes: shows that it runs, its figures mean little
  --out    writes the results as Markdown, for example bench/results.md
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

/** @param names of all benchmarks, in order */
export const readArguments = (args, names) => {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        only: { type: 'string' },
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
  const only = values.only?.split(',').filter(Boolean) ?? names;
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(`No benchmark is called ${unknown.join(', ')}. There are: ${names.join(', ')}\n${USAGE}`);
  }
  return {
    only,
    quick: values.quick,
    out: values.out,
    sizes: readSizes(values.set, names),
    settings: readSettings(values.env),
  };
};
