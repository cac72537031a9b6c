// Bundles style sheets and scripts, prunes unused design tokens and draws the icon sprite.
import { build } from "esbuild";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const modules = join(root, "node_modules");
const dist = join(here, "..", "static", "web", "dist");
const TOKENS = /@amsterdam[\\/]design-system-tokens[\\/]dist[\\/]index\.css$/;
const DECLARATION = /^\s*(--ams-[a-z0-9-]+):\s*(.*);\s*(?:\/\*.*\*\/)?\s*$/;
const REFERENCE = /var\(\s*(--ams-[a-z0-9-]+)/g;

function importsOf(file, seen = new Set()) {
  if (seen.has(file)) return "";
  seen.add(file);
  const text = readFileSync(file, "utf8");
  const imported = [...text.matchAll(/@import "([^"]+)"/g)].map(([, path]) => {
    const target = path.startsWith(".") ? join(dirname(file), path) : join(modules, path);
    return TOKENS.test(target) ? "" : importsOf(target, seen);
  });
  return imported.join("\n") + text;
}

function references(text) {
  return [...text.matchAll(REFERENCE)].map(([, name]) => name);
}

function prune(tokens, usedIn) {
  const lines = tokens.split("\n").map((line) => line.match(DECLARATION)).filter(Boolean);
  const values = new Map(lines.map(([, name, value]) => [name, value]));
  const kept = new Set();
  const waiting = references(usedIn);
  while (waiting.length) {
    const name = waiting.pop();
    if (kept.has(name) || !values.has(name)) continue;
    kept.add(name);
    waiting.push(...references(values.get(name)));
  }
  const body = [...values].filter(([name]) => kept.has(name)).map(([name, value]) => `${name}:${value};`);
  return `:root{${body.join("")}}`;
}

const usedTokens = {
  name: "used-tokens",
  setup({ onLoad }) {
    onLoad({ filter: TOKENS }, ({ path }) => ({
      contents: prune(readFileSync(path, "utf8"), importsOf(join(here, "css", "app.css"))),
      loader: "css",
    }));
  },
};

function sprite() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>")}</symbol>`;
  });
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" ' +
    `stroke-linecap="round" stroke-linejoin="round">${symbols.join("")}</svg>\n`
  );
}

const common = { bundle: true, minify: true, legalComments: "none", logLevel: "warning", target: ["es2022"] };

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "fonts"), { recursive: true });
await build({
  ...common,
  entryPoints: ["early", "app", "map", "tablet", "tablet-worker"].map((name) => join(here, "js", `${name}.js`)),
  outdir: dist,
  format: "esm",
  splitting: true,
  chunkNames: "chunk-[hash]",
});
await build({
  ...common,
  entryPoints: [join(modules, "maplibre-gl", "dist", "maplibre-gl-worker.mjs")],
  outfile: join(dist, "map-worker.js"),
  format: "esm",
});
await build({
  ...common,
  entryPoints: [join(here, "css", "app.css"), join(here, "css", "map.css"), join(here, "css", "tablet.css")],
  outdir: dist,
  target: ["chrome120", "firefox121", "safari17"],
  plugins: [usedTokens],
  external: ["./fonts/*"],
});
for (const file of readdirSync(join(modules, "@fontsource-variable", "figtree", "files"))) {
  if (file.endsWith("normal.woff2")) {
    cpSync(join(modules, "@fontsource-variable", "figtree", "files", file), join(dist, "fonts", file));
  }
}
writeFileSync(join(dist, "icons.svg"), sprite());
