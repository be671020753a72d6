# tenantspec in an image. What it is depends on how it is started:
#   without arguments     a KRM function: ResourceList on stdin, ResourceList on stdout
#   with arguments        the command: docker run --rm --volume "$PWD:/estate:ro" IMAGE check
#   Argo CD's sidecar     command: [/var/run/argocd/argocd-cmp-server], which finds `tenantspec` on PATH
# It needs no network, no right, no shell, no entry in /etc/passwd and no writable file system; what runs kustomize
# (a kustomization with lines of your own, doctor, the sidecar) needs a writable /tmp.
#
# docker build .   fetches from PyPI and kustomize's releases
# make image       does that before, so that the build itself has no network
#
# Pin the base by digest: --build-arg BASE=python:3.13-slim@sha256:...
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
# pip's own variables: a mirror of PyPI, or wheels that lie in the build context.
ARG PIP_INDEX_URL
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
# kustomize for kustomizations with more than our generators. helm must lie in the context: `make image` puts it there.
ARG PROGRAMS=kustomize
WORKDIR /src
COPY . .
RUN python3 -m venv --without-pip /opt/tenantspec \
 && python3 -m pip --python /opt/tenantspec install --no-cache-dir --disable-pip-version-check . \
 && /opt/tenantspec/bin/tenantspec plugins install --home /opt/tenantspec/plugins
RUN for program in ${PROGRAMS}; do \
      TENANTSPEC_CACHE=/src/.tenantspec/image python3 .ci/tools.py "$program" > /tmp/path \
      && install -m 755 "$(cat /tmp/path)" "/opt/tenantspec/bin/$program" || exit 1; \
    done

FROM ${BASE}
LABEL org.opencontainers.image.title="tenantspec" \
      org.opencontainers.image.description="KRM functions that turn compact tenant specs into a multi-tenant GitOps estate" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/tenantspec /opt/tenantspec
ENV PATH=/opt/tenantspec/bin:$PATH \
    KUSTOMIZE_PLUGIN_HOME=/opt/tenantspec/plugins \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /estate
USER 65534:65534
ENTRYPOINT ["/opt/tenantspec/bin/python", "-I", "-m", "krm_functions"]
