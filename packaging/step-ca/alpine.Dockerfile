# step-ca and step-kms-plugin with scwkms, on Alpine. The programs are linked statically and run in any image:
#
#   docker build --file packaging/step-ca/alpine.Dockerfile --tag step-ca-scwkms packaging/step-ca
#
# The tests build no image and use no package of Alpine. They run the script build with STATIC=1 and Zig's musl on Debian:
# docs/go.md

FROM docker.io/library/golang:1.26-alpine AS build
ARG SCWKMS_VERSION=latest
ARG PROGRAMS="step-ca step-kms-plugin"
RUN apk add --no-cache build-base
COPY build /usr/local/bin/build-with-scwkms
RUN STATIC=1 SCWKMS_VERSION=$SCWKMS_VERSION build-with-scwkms /out $PROGRAMS

FROM docker.io/library/alpine:3
RUN apk add --no-cache ca-certificates && adduser -D step
COPY --from=build /out/ /usr/local/bin/
USER step
WORKDIR /home/step
ENTRYPOINT ["step-ca"]
CMD ["/home/step/config/ca.json"]
