// Makes codemirror.js and LICENSE. Run it by `npm ci && npm run build`.
import { build } from "esbuild";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const result = await build({
  entryPoints: ["editor.src.js"],
  outfile: "codemirror.js",
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none", // they stand in LICENSE
  banner: { js: "// CodeMirror 6, bundled from editor.src.js: see README.md and LICENSE beside this file." },
  metafile: true,
});

// One entry for each package that is in the bundle.
const packages = new Set(
  Object.keys(result.metafile.inputs)
    .filter((path) => path.startsWith("node_modules/"))
    .map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)[1]),
);
const parts = [];
for (const name of [...packages].sort()) {
  const folder = join("node_modules", name);
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((f) => /^licen[cs]e/i.test(f));
  if (!file) throw new Error(`${name} has no licence file in ${dirname(folder)}`);
  parts.push(`${name} ${version}\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`);
}
await writeFile("LICENSE", parts.join(`\n${"-".repeat(72)}\n\n`));
