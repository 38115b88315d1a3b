/** A module of the built service, by its path below src/ without the extension. */
export const built = (name) => import(new URL(`../../dist/${name}.js`, import.meta.url).href);

/** A connection with models and indexes, opened as the service does. */
export const openStore = async (uri) => {
  const [{ connect }, { createModels, ensureIndexes }] = await Promise.all([
    built('database/connect'),
    built('requests/models'),
  ]);
  const connection = await connect(uri, () => undefined);
  const models = createModels(connection);
  await ensureIndexes(models);
  return { models, connection, close: () => connection.close() };
};
