# Why each line is as it is: docs/decisions/0002-container.md
# A release names its base by digest: --build-arg PYTHON_IMAGE=python@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /opt/subsidy
COPY requirements/base.txt /tmp/base.txt
# The environment has no pip of its own. Wheels only: no stage needs a compiler.
# The root file system is read-only at run time: bytecode is made here, and trusted whatever becomes of the files' times.
RUN python -m venv --without-pip venv \
 && python -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-cache-dir --no-compile \
      --require-hashes --only-binary :all: -r /tmp/base.txt \
 && venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash venv/lib
COPY app app
COPY migrations migrations
RUN venv/bin/python -m compileall -q --invalidation-mode unchecked-hash app migrations


FROM ${PYTHON_IMAGE}
RUN install -d -o 10001 -g 10001 -m 0750 /var/lib/subsidy
COPY --from=build /opt/subsidy/venv /opt/subsidy/venv
COPY --from=build /opt/subsidy/migrations /opt/subsidy/migrations
COPY --from=build /opt/subsidy/app /opt/subsidy/app

# SUBSIDY_HOST keeps its default, loopback: without SUBSIDY_AUTHENTICATION=required the service refuses any other address.
ENV PATH=/opt/subsidy/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    SQLITE_TMPDIR=/var/lib/subsidy \
    SUBSIDY_DATABASE_URL=sqlite:////var/lib/subsidy/subsidy.db

WORKDIR /opt/subsidy
USER 10001:10001
VOLUME ["/var/lib/subsidy"]

HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["python", "-m", "app.healthcheck"]

# Once for each release, before it serves: "app.cli migrate", then "app.cli tables load".
ENTRYPOINT ["python", "-m"]
CMD ["app.serving"]

ARG VERSION=1.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="subsidy" \
      org.opencontainers.image.description="Subsidy calculation service: exact to the fen, explained step by step with the clause it follows" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="docker.io/library/python:3.11-slim-bookworm"
