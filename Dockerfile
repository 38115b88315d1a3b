# The service with its production dependencies only. Two targets: the last one, for MongoDB and a store elsewhere, and
# `--target standalone`, with an embedded database.
# Optional secrets of the build, none of which stays in the image: `npmrc` (a private npm registry), `ca` (certificate authorities
# as PEM), `pip` (pip.conf, for `standalone`).
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
    if [ -s /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY samples ./samples
COPY scripts/build-page.mjs scripts/build-programs.mjs ./scripts/
# Of sharp's programs only the one of this platform is used; npm installs the one in WebAssembly everywhere.
RUN npm run build && rm -rf node_modules/@img/sharp-*wasm32 node_modules/@emnapi && npm sbom --omit=dev --sbom-format=cyclonedx >sbom.cdx.json \
    && npm prune --omit=dev --no-audit --no-fund

FROM node:24.21.0-bookworm-slim AS root
# tini passes signals on from the first moment and reaps orphans.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends tini && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
    /usr/local/include /usr/local/lib/node_modules /opt/yarn* /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn* /usr/local/bin/docker-entrypoint.sh
# Whatever user a platform chooses, its group is 0.
RUN install -d -o node -g 0 -m 2775 /data /data/processed_images

# In one layer, so that what was removed takes no space.
FROM scratch AS runtime
COPY --from=root / /
# libuv's pool carries sharp and files: cores + 4, here of up to 64, as encodes are counted by the cores. Two arenas keep glibc from holding on to memory.
# A container is reached from outside or not at all; API_KEYS decides who may call.
ENV HOST=0.0.0.0 NODE_ENV=production UV_THREADPOOL_SIZE=68 MALLOC_ARENA_MAX=2 PORT=3000 DATA_DIR=/data PROCESSED_DIR=/data/processed_images
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=oci
WORKDIR /app
COPY LICENSE ./
COPY --from=build --chown=root:root /app/package.json /app/sbom.cdx.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
ARG VERSION=0.1.0
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="bulk-image-processor" org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.description="A CSV of image URLs in, compressed images and the CSV with their URLs out" \
    org.opencontainers.image.version="$VERSION" org.opencontainers.image.revision="$REVISION" org.opencontainers.image.source="$SOURCE"
USER 1000:0
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# Of Docker's image format only; OCI has none: deploy/README.md.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# A signal before Node.js listens for it ends the container with 0 too.
ENTRYPOINT ["tini", "-s", "-e", "143", "--"]
CMD ["node", "dist/main.js"]

FROM node:24.21.0-bookworm-slim AS database
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=ca \
    if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi; \
    python3 -m venv /opt/secantusdb && /opt/secantusdb/bin/pip install --quiet --no-input --no-cache-dir --disable-pip-version-check \
    --only-binary secantusdb secantusdb==0.7.0b3 && /opt/secantusdb/bin/pip uninstall --quiet --yes setuptools pip

FROM runtime AS standalone
USER root
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*
COPY --from=database --chown=root:root /opt/secantusdb /opt/secantusdb
RUN ln -s /opt/secantusdb/bin/secantusd-py /usr/local/bin/secantusd-py
USER 1000:0

FROM runtime
