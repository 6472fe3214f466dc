# Two stages: the front end is built with Node, the service runs without it.
FROM node:22-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir uv==0.13.9 && uv pip install --system --no-cache --require-hashes -r requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY assistant/ assistant/
COPY prompts/ prompts/
COPY tools/ tools/
COPY knowledge_base/ knowledge_base/
COPY --from=web /src/assistant/api/static/ assistant/api/static/
RUN uv pip install --system --no-cache --no-deps . && rm -rf /app/* && useradd --create-home yorisoi && mkdir /data && chown yorisoi /data
USER yorisoi
ENV ASSISTANT_DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=60s CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz')"
CMD ["assistant", "serve", "--host", "0.0.0.0"]
