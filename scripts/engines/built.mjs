/** Loads a module of the built embedded database; it exists once `prepare()` has run. */
export const built = (name) => import(new URL(`../../dist/embedded/${name}.js`, import.meta.url).href);
