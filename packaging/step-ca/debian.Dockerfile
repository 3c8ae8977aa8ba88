# step-ca and step-kms-plugin with scwkms, on Debian:
#
#   docker build --file packaging/step-ca/debian.Dockerfile --tag step-ca-scwkms packaging/step-ca
#
# The tests build no image. They run the script build with the same arguments on Debian: docs/go.md

FROM docker.io/library/golang:1.26-bookworm AS build
ARG SCWKMS_VERSION=latest
ARG PROGRAMS="step-ca step-kms-plugin"
COPY build /usr/local/bin/build-with-scwkms
RUN SCWKMS_VERSION=$SCWKMS_VERSION build-with-scwkms /out $PROGRAMS

FROM docker.io/library/debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home step
COPY --from=build /out/ /usr/local/bin/
USER step
WORKDIR /home/step
ENTRYPOINT ["step-ca"]
CMD ["/home/step/config/ca.json"]
