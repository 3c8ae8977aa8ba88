# Builds scwkms-emulator from a clone: docker build --file packaging/emulator.Dockerfile --tag scwkms-emulator .
#
# The tests build no image: they only run the entry point. The cargo command was tested in a clean clone, without a container.
# docs/emulator.md explains how other containers reach the emulator.

FROM docker.io/library/rust:1-bookworm AS build
COPY . /scwkms
WORKDIR /scwkms
RUN cargo build --locked --release --package scwkms-emulator

FROM docker.io/library/debian:bookworm-slim
COPY --from=build /scwkms/target/release/scwkms-emulator /usr/local/bin/
RUN useradd --create-home emulator && install --directory --owner=emulator --mode=0700 /data
USER emulator
VOLUME /data
ENTRYPOINT ["/usr/local/bin/scwkms-emulator", "--data-dir", "/data", "--listen", "127.0.0.1:8443"]
