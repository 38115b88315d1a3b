import { OTHER_SPELLINGS } from '../parameters/spellings.ts';
import { code, disclosure, escaped, type Markup, prose } from './markup.ts';

/** What the reference shows of a JSON Schema. */
export interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export type Schemas = Readonly<Record<string, Schema>>;

/** More values than this are folded away. */
const LISTED_VALUES = 8;
/** The largest integer of JavaScript: no limit that anyone has to know. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** Shows schemas as lists of fields; references are followed. */
export const schemaMarkup = (schemas: Schemas) => {
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});

  /** The alternatives without null and without the spellings that forms may use. */
  const alternatives = (schema: Schema): Schema[] =>
    (schema.anyOf ?? [schema]).map(resolve).filter(({ title, type }) => title !== OTHER_SPELLINGS && type !== 'null');

  const isNullable = ({ anyOf = [] }: Schema): boolean => anyOf.some(({ type }) => type === 'null');

  const nameOf = (schema: Schema): string => {
    const [one = {}, ...others] = alternatives(schema);
    if (others.length > 0) return [one, ...others].map(nameOf).join(' or ');
    if (one.type === 'array') return `array of ${nameOf(one.items ?? {})}`;
    const name = one.format ?? String(one.type ?? (one.enum === undefined ? 'any value' : 'string'));
    return name === 'binary' ? 'file' : name;
  };

  const valuesOf = (schema: Schema): readonly unknown[] => alternatives(schema).flatMap((one) => one.enum ?? []);

  const limitsOf = (schema: Schema): string[] => {
    const [{ minimum, maximum, maxLength, maxItems } = {} as Schema] = alternatives(schema);
    const hasMaximum = maximum !== undefined && maximum < NO_LIMIT;
    const hasMinimum = minimum !== undefined && minimum > -NO_LIMIT;
    return [
      hasMinimum && hasMaximum ? `${minimum} to ${maximum}` : '',
      hasMinimum && !hasMaximum ? `at least ${minimum}` : '',
      !hasMinimum && hasMaximum ? `at most ${maximum}` : '',
      maxLength === undefined ? '' : `up to ${maxLength} characters`,
      maxItems === undefined ? '' : `up to ${maxItems}`,
    ].filter((limit) => limit !== '');
  };

  const typeOf = (schema: Schema): Markup => {
    const parts = [`${nameOf(schema)}${isNullable(schema) ? ' or null' : ''}`, ...limitsOf(schema)];
    return `<span class="type">${escaped(parts.join(', '))}</span>`;
  };

  const values = (schema: Schema): Markup => {
    const all = valuesOf(schema);
    const listed = all.map((value) => code(String(value))).join(', ');
    if (all.length === 0) return '';
    return all.length <= LISTED_VALUES
      ? `<p>One of ${listed}.</p>`
      : disclosure(`${all.length} values`, `<p>${listed}</p>`);
  };

  const children = (schema: Schema): Markup =>
    alternatives(schema)
      .map((one) => (one.type === 'array' ? resolve(one.items ?? {}) : one))
      .flatMap((one) => alternatives(one))
      .map((one) => (one.properties === undefined ? '' : fields(one)))
      .join('');

  /** One field or parameter. */
  const field = (name: string, schema: Schema, note: string, description = schema.description): Markup => {
    const byDefault = schema.default === undefined ? '' : `<p>Default: ${code(String(schema.default))}</p>`;
    const [example] = schema.examples ?? [];
    const shown = typeof example === 'string' && example.includes('\n') ? undefined : example;
    return `<li><p class="field-name">${code(name)} ${typeOf(schema)}${note === '' ? '' : ` <span class="note">${escaped(note)}</span>`}</p>${
      description === undefined ? '' : `<p>${prose(description)}</p>`
    }${values(schema)}${byDefault}${shown === undefined ? '' : `<p>Example: ${code(String(shown))}</p>`}${children(schema)}</li>`;
  };

  /** The fields of an object; `note` is what is said of one that is not required. */
  const fields = (schema: Schema, note = 'may be absent'): Markup => {
    const { properties = {}, required = [] } = resolve(schema);
    const all = Object.entries(properties).map(([name, one]) => field(name, one, required.includes(name) ? '' : note));
    return `<ul class="fields">${all.join('')}</ul>`;
  };

  return { field, fields, resolve };
};

export type SchemaMarkup = ReturnType<typeof schemaMarkup>;
