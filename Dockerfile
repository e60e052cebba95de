# The image of dbsync: the command, all its sinks, and the Node.js of the lock file. docs/containers.md says how to run it.
# Each base is named by the hash of its index, which has an image for amd64 and one for arm64.

FROM node:24.18.0-bookworm-slim@sha256:b31e7a42fdf8b8aa5f5ed477c72d694301273f1069c5a2f71d53c6482e99a2fc AS build
WORKDIR /src
COPY . .
RUN ["node", "scripts/setup.mjs", "build"]
RUN ["node", "scripts/setup.mjs", "program", "/image/dbsync"]
RUN ["mkdir", "-p", "/image/empty"]

# The C library and the C++ library that Node.js needs, and nothing else: no shell, no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f
COPY --from=build /image/dbsync /opt/dbsync
COPY --from=build --chown=65532:65532 /image/empty /var/lib/dbsync
COPY --from=build --chown=65532:65532 /image/empty /var/log/dbsync
# SIGUSR1 opens no debugger, not even in the first moment of a start.
ENV NODE_OPTIONS=--disable-sigusr1 \
    PATH=/opt/dbsync/bin:/usr/bin:/bin \
    HOME=/var/lib/dbsync
# A number, so that Kubernetes can see that it is not root. It may write to the two volumes, and to nothing else.
USER 65532:65532
WORKDIR /var/lib/dbsync
VOLUME ["/var/lib/dbsync", "/var/log/dbsync"]
# Node.js is process 1 itself, so signals reach it: a stop commits the work under way, in at most 30 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=30s --start-period=5m --retries=3 CMD ["/opt/dbsync/bin/node", "/opt/dbsync/dbsync.js", "status"]
ENTRYPOINT ["/opt/dbsync/bin/node", "/opt/dbsync/dbsync.js"]
