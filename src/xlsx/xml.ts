import sax from 'sax';
import { damaged } from './workbook-error.ts';

/** Receives the events of a part. Names are without prefixes, as some programs write `x:row` for `row`. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  /** A text may come in several pieces. */
  text?(text: string): void;
}

type Decoder = InstanceType<typeof TextDecoder>;

/** Office nests about ten elements. */
const MAX_DEPTH = 100;
const MAX_ATTRIBUTES = 1_000;

export const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Parses a part and yields after each chunk, so that the caller can pass on what the handler has collected. Only the
 * five entities of XML and numeric ones exist: a part with a DOCTYPE is refused, and nothing is ever loaded. Memory is
 * bounded: the parser refuses names, values and comments beyond 64 KiB and passes longer texts on in pieces.
 * @throws WorkbookError
 */
export async function* parseXml(chunks: AsyncIterable<Uint8Array>, handler: XmlHandler): AsyncGenerator<undefined> {
  const parser = sax.parser(true);
  let depth = 0;
  let attributes = 0;
  parser.onerror = (error) => {
    throw damaged(`a part is not valid XML (${error.message.split('\n')[0]})`, error);
  };
  parser.ondoctype = () => {
    throw damaged('a part has a document type declaration, which workbooks never have');
  };
  parser.onattribute = () => {
    attributes += 1;
    if (attributes > MAX_ATTRIBUTES) throw damaged('an element has too many attributes');
  };
  parser.onopentag = ({ name, attributes: given }) => {
    depth += 1;
    attributes = 0;
    if (depth > MAX_DEPTH) throw damaged('its elements are nested too deeply');
    handler.open(localName(name), given as Record<string, string>);
  };
  parser.onclosetag = (name) => {
    depth -= 1;
    handler.close(localName(name));
  };
  parser.ontext = (text) => handler.text?.(text);
  parser.oncdata = (text) => handler.text?.(text);

  let decoder: Decoder | null = null;
  for await (const chunk of chunks) {
    decoder ??= createDecoder(chunk);
    parser.write(decode(decoder, chunk));
    yield;
  }
  if (decoder === null) throw damaged('a part is empty');
  parser.write(decode(decoder)).close();
  yield;
}

/** Parses a whole part. */
export const readXml = async (chunks: AsyncIterable<Uint8Array>, handler: XmlHandler): Promise<void> => {
  const steps = parseXml(chunks, handler);
  while (!(await steps.next()).done);
};

/** XML is in UTF-8 unless it begins with the byte order mark of UTF-16. */
const createDecoder = ([first, second]: Uint8Array): Decoder => {
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true });
};

const decode = (decoder: Decoder, chunk?: Uint8Array): string => {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch (cause) {
    throw damaged('a part is not encoded in UTF-8', cause);
  }
};
