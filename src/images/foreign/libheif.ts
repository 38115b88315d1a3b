import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/**
 * libheif as WebAssembly (npm libheif-js), by its C functions: the package's own JavaScript decodes every picture of a
 * file, copies it more than once and frees too little (catdad-experiments/heic-decode#19).
 */
export interface Libheif {
  readonly HEAPU8: Uint8Array;
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
  _heif_context_alloc(): number;
  _heif_context_free(context: number): void;
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    at: number,
    bytes: number,
    options: number,
  ): void;
  _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void;
  _heif_image_handle_release(handle: number): void;
  _heif_image_handle_is_premultiplied_alpha(handle: number): number;
  _heif_decoding_options_alloc(): number;
  _heif_decoding_options_free(options: number): void;
  _heif_decode_image(
    error: number,
    handle: number,
    image: number,
    colourSpace: number,
    chroma: number,
    options: number,
  ): void;
  _heif_image_get_width(image: number, channel: number): number;
  _heif_image_get_height(image: number, channel: number): number;
  _heif_image_get_plane_readonly(image: number, channel: number, stride: number): number;
  _heif_image_release(image: number): void;
}

export interface Instance {
  readonly heif: Libheif;
  /** The whole memory, which never shrinks. */
  readonly heapBytes: () => number;
  /**
   * Makes sure of this much memory and allows no more from here on, because a file can declare small pictures and hold
   * large ones.
   * @throws Error if there is not as much
   */
  readonly reserve: (bytes: number) => void;
}

type Factory = (options: {
  readonly instantiateWasm: (
    imports: unknown,
    done: (instance: WasmInstance, compiled: WasmModule) => void,
  ) => WasmInstance['exports'];
  readonly print: () => void;
  readonly printErr: () => void;
}) => Libheif;

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

type WasmModule = Readonly<Record<'compiled', true>>;
interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** What is used of it; Node's types leave it out, and those of browsers are not part of the server. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Instance: new (compiled: WasmModule, imports: unknown) => WasmInstance;
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory;
};

let loading: Promise<{ readonly factory: Factory; readonly compiled: WasmModule }> | undefined;

const load = async () => {
  const require = createRequire(import.meta.url);
  const bytes = await readFile(require.resolve('libheif-js/libheif-wasm/libheif.wasm'));
  const factory: Factory = require('libheif-js/libheif-wasm/libheif.js');
  return { factory, compiled: await WebAssembly.compile(bytes) };
};

/** Loaded with the first HEIC picture; an instance of its own has its own memory. */
export const createInstance = async (): Promise<Instance> => {
  loading ??= load();
  const { factory, compiled } = await loading;
  let memory = new WebAssembly.Memory({ initial: 0 });
  const heif = factory({
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(compiled, imports);
      for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) memory = value;
      done(instance, compiled);
      return instance.exports;
    },
    // It writes what it finds in files.
    print: () => {},
    printErr: () => {},
  });
  const grow = memory.grow.bind(memory);
  return {
    heif,
    heapBytes: () => memory.buffer.byteLength,
    reserve: (bytes) => {
      memory.grow = grow;
      const at = heif._malloc(bytes);
      heif._free(at);
      memory.grow = () => {
        throw new RangeError('The picture takes more memory than its header says.');
      };
      if (at === 0) throw new RangeError('There is not enough memory for the picture.');
    },
  };
};
