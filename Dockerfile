# The service with its production dependencies only; MongoDB and the store are elsewhere.
FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY samples ./samples
COPY scripts/build-page.mjs scripts/build-programs.mjs ./scripts/
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:26-slim
# libuv's pool carries sharp and files: cores + 4, here of up to 64, as encodes are counted by the cores. Two arenas keep glibc from holding on to memory.
# A container is reached from outside or not at all; API_KEYS decides who may call.
ENV HOST=0.0.0.0 NODE_ENV=production UV_THREADPOOL_SIZE=68 MALLOC_ARENA_MAX=2 PORT=3000 DATA_DIR=/data PROCESSED_DIR=/data/processed_images
WORKDIR /app
RUN mkdir -p /data/processed_images && chown -R node:node /data
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
USER 1000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
