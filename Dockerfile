# Three stages: the front end is built with Node, the package with uv; the service has neither of them.
# Base images are exact tags; where a registry can be reached, `scripts/pin-images` adds their digests here and in deploy/.
FROM node:22.21.1-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM python:3.11.14-slim-bookworm AS package
WORKDIR /src
RUN python -m venv /opt/yorisoi && pip install --no-cache-dir uv==0.13.9
ENV VIRTUAL_ENV=/opt/yorisoi
COPY requirements.lock ./
RUN uv pip install --no-cache --require-hashes -r requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY assistant/ assistant/
COPY prompts/ prompts/
COPY tools/ tools/
COPY knowledge_base/ knowledge_base/
COPY --from=web /src/assistant/api/static/ assistant/api/static/
RUN uv build --wheel -o /dist && uv pip install --no-cache --no-deps /dist/*.whl && python -m compileall -q /opt/yorisoi

FROM python:3.11.14-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 yorisoi \
 && install -d -o yorisoi -g yorisoi /data /backups /opt/models
COPY --from=package /opt/yorisoi /opt/yorisoi
ENV PATH=/opt/yorisoi/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ASSISTANT_DATA_DIR=/data \
    ASSISTANT_MODELS=/opt/models
USER 10001
WORKDIR /data
# What is read with comes prepared: a new container answers at once, also with a read-only file system.
RUN assistant prepare
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz?degraded=true', timeout=4)"]
CMD ["assistant", "serve", "--host", "0.0.0.0"]
