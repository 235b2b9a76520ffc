# syntax=docker/dockerfile:1
# gim on Debian 12, from its own package.
FROM debian:12-slim AS build
WORKDIR /src
# What it is built with, in a layer of its own: the sources change more often.
COPY scripts/lib.sh scripts/packages scripts/
RUN bash -euc 'root=$PWD; source scripts/lib.sh; need_packages build package'
COPY . .
RUN ./scripts/package && mv build/release/gim_*.deb /gim.deb

FROM debian:12-slim
RUN --mount=type=bind,from=build,source=/gim.deb,target=/tmp/gim.deb \
    apt-get update && \
    apt-get install -y --no-install-recommends /tmp/gim.deb && \
    rm -rf /var/lib/apt/lists/*
# Nobody in particular; by number, so that it can be seen not to be root.
USER 10001:10001
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/gim"]
