/** A module of the built service, by its path under src/ without the ending. */
export const built = (name) => import(new URL(`../../dist/${name}.js`, import.meta.url).href);

/** A connection as the service opens it, with its models and their indexes. */
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
